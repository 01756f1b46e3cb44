import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { crc32c } from '@node-rs/crc32'
import fc from 'fast-check'
import { Compressor, Decompressor } from 'snappy'
import { compressBlock, maxCompressedLength } from '../../../../src/consensus/snappy/snappy-block.ts'
import { encodeFrames, FrameDecoder, type FrameResult } from '../../../../src/consensus/snappy/snappy-frames.ts'

const IDENTIFIER = [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]

/** Frames built by hand: type, 3 bytes of length, body. */
function chunk(type: number, body: readonly number[]): number[] {
  return [type, body.length & 0xff, (body.length >> 8) & 0xff, body.length >> 16, ...body]
}

/** §3 of framing_format.txt, in whole numbers instead of bit operations. */
function maskedCrc(data: Uint8Array): number[] {
  const crc = crc32c(data)
  const rotated = Math.floor(crc / 2 ** 15) + (crc % 2 ** 15) * 2 ** 17
  const masked = (rotated + 0xa282ead8) % 2 ** 32
  return [0, 8, 16, 24].map((shift) => Math.floor(masked / 2 ** shift) % 256)
}

function plain(data: Uint8Array): number[] {
  return chunk(1, [...maskedCrc(data), ...data])
}

function packed(data: Uint8Array): number[] {
  return chunk(0, [...maskedCrc(data), ...compressBlock(data)])
}

function decode(announced: number, stream: readonly number[] | Uint8Array): FrameResult {
  return new FrameDecoder(announced).push(Uint8Array.from(stream))
}

/** Pushes `stream` cut into pieces of the given sizes, which repeat; what the last push answered. */
function decodeInPieces(announced: number, stream: Uint8Array, sizes: readonly number[]): FrameResult {
  const decoder = new FrameDecoder(announced)
  let result: FrameResult = { status: 'need_more' }
  for (let at = 0, i = 0; at < stream.length && result.status === 'need_more'; i++) {
    const size = sizes[i % sizes.length] ?? 1
    result = decoder.push(stream.subarray(at, at + size))
    at += size
  }
  return result
}

const ABC = new TextEncoder().encode('abc')

describe('frames written by hand', () => {
  test('the checksum is the masked CRC32C: 123456789 has e3069283', () => {
    const digits = new TextEncoder().encode('123456789')
    assert.equal(crc32c(digits), 0xe3069283)
    // rotate right by 15: 2507c60d; plus a282ead8: c78ab0e5
    const stream = [...IDENTIFIER, ...chunk(1, [0xe5, 0xb0, 0x8a, 0xc7, ...digits])]
    const result = decode(9, stream)
    assert.ok(result.status === 'done')
    assert.deepEqual(result.bytes, digits)
  })

  test('compressed, uncompressed, empty, skippable, padding and repeated identifier', () => {
    const stream = [
      ...IDENTIFIER,
      ...chunk(0xfe, [0, 0, 0]),
      ...chunk(0xfe, []),
      ...packed(ABC),
      ...IDENTIFIER,
      ...chunk(0x80, [1]),
      ...plain(new Uint8Array()),
      ...plain(ABC),
    ]
    const result = decode(6, stream)
    // A repeated identifier costs more than the 32 spare bytes of a payload this small.
    assert.deepEqual(result, { status: 'error', reason: 'too_many_bytes' })
    const large = new Uint8Array(600).fill(1)
    const done = decode(606, [...stream, ...plain(large)])
    assert.ok(done.status === 'done')
    assert.equal(Buffer.from(done.bytes.subarray(0, 6)).toString(), 'abcabc')
  })

  test('what follows the payload is the rest, a frame of the next one included', () => {
    const result = decode(3, [...IDENTIFIER, ...packed(ABC), 7, 8, 9])
    assert.ok(result.status === 'done')
    assert.deepEqual([...result.rest], [7, 8, 9])
  })
})

describe('what is refused, and why', () => {
  const spoilt = plain(ABC)
  spoilt[4] = (spoilt[4] ?? 0) ^ 1
  const cases: [string, number, number[], string][] = [
    ['no stream identifier', 3, plain(ABC), 'no_stream_identifier'],
    ['padding before the identifier', 3, [...chunk(0xfe, [0]), ...IDENTIFIER], 'no_stream_identifier'],
    [
      'an identifier of another text',
      3,
      [0xff, 6, 0, 0, ...new TextEncoder().encode('sNaPpy')],
      'bad_stream_identifier',
    ],
    ['an identifier of another length', 3, [0xff, 5, 0, 0], 'bad_stream_identifier'],
    ['the first reserved type that must not be skipped', 3, [...IDENTIFIER, ...chunk(0x02, [1])], 'reserved_frame'],
    ['the last reserved type that must not be skipped', 3, [...IDENTIFIER, ...chunk(0x7f, [1])], 'reserved_frame'],
    ['a body without room for its checksum', 3, [...IDENTIFIER, ...chunk(1, [1, 2, 3])], 'bad_frame_length'],
    ['an uncompressed frame over 64 KiB', 1e6, [...IDENTIFIER, 1, 5, 0, 1], 'bad_frame_length'],
    ['a compressed frame over what 64 KiB can need', 1e6, [...IDENTIFIER, 0, 0xff, 0xff, 0xff], 'bad_frame_length'],
    ['a wrong checksum', 3, [...IDENTIFIER, ...spoilt], 'bad_checksum'],
    ['more data than announced, uncompressed', 2, [...IDENTIFIER, ...plain(ABC)], 'too_many_bytes'],
    ['more data than announced, compressed', 2, [...IDENTIFIER, ...packed(ABC)], 'too_many_bytes'],
    ['a compressed body that is not snappy', 3, [...IDENTIFIER, ...chunk(0, [1, 2, 3, 4, 3, 0xff])], 'corrupt_frame'],
    ['a skippable frame over the budget, at its header', 3, [...IDENTIFIER, 0xfe, 0xff, 0xff, 0xff], 'too_many_bytes'],
  ]
  for (const [name, announced, stream, reason] of cases) {
    test(name, () => assert.deepEqual(decode(announced, stream), { status: 'error', reason }))
  }

  test('a push after the end, or after an error', () => {
    const done = new FrameDecoder(3)
    assert.equal(done.push(encodeFrames(ABC)).status, 'done')
    assert.deepEqual(done.push(new Uint8Array(1)), { status: 'error', reason: 'after_end' })
    const failed = new FrameDecoder(3)
    assert.equal(failed.push(Uint8Array.of(2, 0, 0, 0)).status, 'error')
    assert.deepEqual(failed.push(encodeFrames(ABC)), { status: 'error', reason: 'no_stream_identifier' })
  })

  test('a compressed frame of over 64 KiB of data, however small it is itself', () => {
    const bomb = new Uint8Array(65_537)
    assert.deepEqual(decode(1e6, [...IDENTIFIER, ...packed(bomb)]), { status: 'error', reason: 'too_many_bytes' })
  })
})

test('an announced length of zero is done at once, and everything is the rest', () => {
  assert.deepEqual(encodeFrames(new Uint8Array()), new Uint8Array())
  const result = decode(0, IDENTIFIER)
  assert.ok(result.status === 'done')
  assert.deepEqual([result.bytes.length, [...result.rest]], [0, IDENTIFIER])
  assert.equal(new FrameDecoder(0).push(new Uint8Array()).status, 'done')
})

test('the result is a copy: the caller may reuse its chunks, Buffers of a pool included', () => {
  for (const stream of [Uint8Array.from([...IDENTIFIER, ...plain(ABC)]), Buffer.from([...IDENTIFIER, ...plain(ABC)])]) {
    const result = new FrameDecoder(3).push(stream)
    stream.fill(0)
    assert.ok(result.status === 'done')
    assert.deepEqual(result.bytes, ABC)
  }
})

test('incompressible data is stored, and never needs more than the specs allow', () => {
  for (const size of [1, 84, 65_536, 65_537, 300_000]) {
    const bytes = new Uint8Array(randomBytes(size))
    const stream = encodeFrames(bytes)
    assert.ok(stream.length <= maxCompressedLength(size), `${stream.length} for ${size}`)
    const result = decode(size, stream)
    assert.ok(result.status === 'done')
    assert.deepEqual(result.bytes, bytes)
  }
})

const payloads = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.integer({ min: 65_000, max: 140_000 }).map((size) => new Uint8Array(size).fill(7)),
  fc.integer({ min: 65_000, max: 140_000 }).map((size) => new Uint8Array(randomBytes(size))),
)
const pieceSizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 6,
})

test('property: a payload comes back however its frames are cut, and the rest is untouched', () => {
  fc.assert(
    fc.property(payloads, fc.uint8Array({ maxLength: 12 }), pieceSizes, (bytes, after, sizes) => {
      const stream = Buffer.concat([encodeFrames(bytes), after])
      const result = decodeInPieces(bytes.length, stream, sizes)
      assert.ok(result.status === 'done')
      assert.ok(Buffer.from(bytes).equals(result.bytes))
      assert.ok(Buffer.from(after).subarray(0, result.rest.length).equals(result.rest))
    }),
    { numRuns: 150 },
  )
})

test('property: another implementation reads our frames, and we read its', async () => {
  await fc.assert(
    fc.asyncProperty(payloads, pieceSizes, async (bytes, sizes) => {
      const reader = new Decompressor()
      const read = Buffer.concat([reader.update(encodeFrames(bytes)), await reader.finish()])
      assert.ok(read.equals(bytes))
      const writer = new Compressor()
      const written = Buffer.concat([writer.update(bytes), await writer.finish()])
      const result = decodeInPieces(bytes.length, written, sizes)
      assert.ok(result.status === 'done')
      assert.ok(Buffer.from(bytes).equals(result.bytes))
    }),
    { numRuns: 40 },
  )
})

/** Streams that get far into the decoder: real frames, damaged at one byte, and runs of small frames. */
const hostile = fc.oneof(
  fc.tuple(payloads, fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, byte]) => {
    const stream = encodeFrames(bytes)
    stream[at % stream.length] = byte
    return stream
  }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from([...IDENTIFIER, ...bytes])),
  fc.array(fc.tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 9 })), { maxLength: 200 }).map((frames) => {
    return Uint8Array.from([...IDENTIFIER, ...frames.flatMap(([type, body]) => chunk(type, [...body]))])
  }),
  fc.uint8Array({ maxLength: 200 }),
)

test('property: hostile streams never throw, and cost no more than the announced length allows', () => {
  fc.assert(
    fc.property(hostile, fc.nat({ max: 140_000 }), pieceSizes, (stream, announced, sizes) => {
      const decoder = new FrameDecoder(announced)
      let result: FrameResult = { status: 'need_more' }
      let at = 0
      for (let i = 0; at < stream.length && result.status === 'need_more'; i++) {
        const size = sizes[i % sizes.length] ?? 1
        result = decoder.push(stream.subarray(at, at + size))
        at += size
      }
      if (result.status === 'done') assert.equal(result.bytes.length, announced)
      // A header may be read before it is found to be over the budget.
      if (result.status === 'need_more') assert.ok(at <= maxCompressedLength(announced) + Math.max(...sizes) + 4)
    }),
    { numRuns: 500 },
  )
})

test('endless padding ends with the budget', () => {
  const decoder = new FrameDecoder(1000)
  decoder.push(Uint8Array.from(IDENTIFIER))
  let pushed = IDENTIFIER.length
  let result: FrameResult = { status: 'need_more' }
  for (; result.status === 'need_more'; pushed += 4) result = decoder.push(Uint8Array.of(0xfe, 0, 0, 0))
  assert.deepEqual(result, { status: 'error', reason: 'too_many_bytes' })
  assert.ok(pushed <= maxCompressedLength(1000) + 4)
})

test('a frame that arrives byte by byte is put together', () => {
  const stream = encodeFrames(new Uint8Array(randomBytes(65_536)))
  const result = decodeInPieces(65_536, stream, [1])
  assert.equal(result.status, 'done')
})
