import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  compressBlock,
  decompressBlock,
  maxCompressedLength,
  snappyUncompressedLength,
} from '../../../../src/consensus/snappy/snappy-block.ts'
import { MAX_PAYLOAD_SIZE } from '../../../../src/consensus/ssz/ssz-bounds.ts'

/** `length` as the unsigned varint of a block's header. */
function header(length: number): number[] {
  const bytes: number[] = []
  let left = length
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  return [...bytes, left]
}

/** The literal "abc" as snappy's format description writes it: length 3, tag (3 - 1) << 2, the bytes. */
const ABC = Uint8Array.of(3, 2 << 2, 0x61, 0x62, 0x63)

test('a block written by hand decompresses', () => {
  assert.deepEqual(decompressBlock(ABC, 0, 10), { ok: true, bytes: Uint8Array.of(0x61, 0x62, 0x63) })
})

test('a copy element repeats what came before', () => {
  // Literal "ab", then a copy of 6 bytes from 2 back (1-byte offset form: length - 4 = 2).
  const bytes = Uint8Array.of(8, 1 << 2, 0x61, 0x62, 0x01 | (2 << 2), 2)
  const result = decompressBlock(bytes, 8, 8)
  assert.equal(result.ok && Buffer.from(result.bytes).toString(), 'abababab')
})

describe('what is refused, and why', () => {
  const cases: [string, Uint8Array, number, number, string][] = [
    ['no bytes', new Uint8Array(), 0, 100, 'bad_length'],
    ['a header that does not end', Uint8Array.of(0xff, 0xff), 0, 100, 'bad_length'],
    ['a header over 32 bits', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x10), 0, 100, 'bad_length'],
    ['a header over 5 bytes', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0), 0, 100, 'bad_length'],
    ['an announced length over the bound', Uint8Array.from(header(101)), 0, 100, 'too_long'],
    ['an announced 4 GiB', Uint8Array.from(header(2 ** 32 - 1)), 0, 100, 'too_long'],
    ['an announced length under the bound', ABC, 4, 100, 'too_short'],
    ['more compressed bytes than the bound can need', new Uint8Array(32 + 100 + 16 + 1), 0, 100, 'compressed_too_long'],
    ['a literal cut off', ABC.subarray(0, 4), 0, 100, 'corrupt'],
    ['less than announced', Uint8Array.of(4, 2 << 2, 0x61, 0x62, 0x63), 0, 100, 'corrupt'],
    ['more than announced', Uint8Array.of(2, 2 << 2, 0x61, 0x62, 0x63), 0, 100, 'corrupt'],
    ['a copy from before the start', Uint8Array.of(4, 0x01, 9), 0, 100, 'corrupt'],
  ]
  for (const [name, compressed, min, max, reason] of cases) {
    test(name, () => assert.deepEqual(decompressBlock(compressed, min, max), { ok: false, reason }))
  }
})

test('a header that promises the bound and delivers nothing fails without decoding', () => {
  const result = decompressBlock(Uint8Array.from(header(10 * 1024 * 1024)), 0, 10 * 1024 * 1024)
  assert.deepEqual(result, { ok: false, reason: 'corrupt' })
})

test('the longest payload there is, however little it compresses, and not a byte more, whatever the bound', () => {
  const noise = randomBytes(MAX_PAYLOAD_SIZE + 1)
  const longest = noise.subarray(0, MAX_PAYLOAD_SIZE)
  const result = decompressBlock(compressBlock(longest), 0, Number.POSITIVE_INFINITY)
  assert.ok(result.ok && Buffer.compare(result.bytes, longest) === 0)
  assert.deepEqual(decompressBlock(compressBlock(noise), 0, Number.POSITIVE_INFINITY), {
    ok: false,
    reason: 'too_long',
  })
  // Of literals of four bytes: as long as a block may be.
  const element = [3 << 2, 1, 2, 3, 4]
  const elements = Math.floor(maxCompressedLength(MAX_PAYLOAD_SIZE) / element.length) - 1
  const head = Uint8Array.from(header(elements * 4))
  const block = Buffer.concat([head, Buffer.alloc(elements * element.length, Buffer.from(element))])
  const decoded = decompressBlock(block, 0, Number.POSITIVE_INFINITY)
  assert.ok(decoded.ok && decoded.bytes.length === elements * 4)
})

test('an empty payload has a block', () => {
  assert.deepEqual(compressBlock(new Uint8Array()), Uint8Array.of(0))
  assert.deepEqual(decompressBlock(Uint8Array.of(0), 0, 0), { ok: true, bytes: new Uint8Array() })
})

test('results own their memory and are plain Uint8Arrays', () => {
  for (const bytes of [1, 10, 100_000].map((size) => new Uint8Array(size))) {
    const compressed = compressBlock(bytes)
    const result = decompressBlock(compressed, 0, 100_000)
    assert.ok(result.ok)
    for (const owned of [compressed, result.bytes]) {
      assert.equal(Object.getPrototypeOf(owned), Uint8Array.prototype)
      assert.equal(owned.buffer.byteLength, owned.byteLength)
    }
  }
})

test('max_compressed_len of the specs', () => {
  assert.equal(maxCompressedLength(0), 32)
  assert.equal(maxCompressedLength(10 * 1024 * 1024), 12_233_418)
})

const payloads = fc.oneof(
  fc.uint8Array({ maxLength: 500 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat({ max: 500 })).map(([unit, n]) => {
    return Uint8Array.from({ length: unit.length * n }, (_, i) => unit[i % unit.length] ?? 0)
  }),
)

test('property: what is compressed comes back, within the compressed bound', () => {
  fc.assert(
    fc.property(payloads, (bytes) => {
      const compressed = compressBlock(bytes)
      assert.ok(compressed.length <= maxCompressedLength(bytes.length))
      assert.equal(snappyUncompressedLength(compressed), bytes.length)
      assert.deepEqual(decompressBlock(compressed, bytes.length, bytes.length), { ok: true, bytes })
      if (bytes.length > 0) assert.equal(decompressBlock(compressed, 0, bytes.length - 1).ok, false)
      assert.deepEqual(decompressBlock(compressed, bytes.length + 1, 1e6), { ok: false, reason: 'too_short' })
    }),
  )
})

test('property: the header of any 32-bit length is read', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 32 - 1 }), fc.uint8Array({ maxLength: 5 }), (length, more) => {
      assert.equal(snappyUncompressedLength(Uint8Array.from([...header(length), ...more])), length)
    }),
  )
})

test('property: damaged blocks and garbage never throw, and a result is within its bounds', () => {
  const damaged = fc.tuple(payloads, fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, byte]) => {
    const compressed = compressBlock(bytes)
    compressed[at % compressed.length] = byte
    return compressed
  })
  fc.assert(
    fc.property(
      fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })),
      fc.nat({ max: 600 }),
      fc.nat({ max: 600 }),
      (compressed, min, max) => {
        const result = decompressBlock(compressed, min, max)
        if (result.ok) assert.ok(result.bytes.length >= min && result.bytes.length <= max)
      },
    ),
    { numRuns: 1000 },
  )
})
