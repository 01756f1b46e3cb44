import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameDecoder } from '../../../../../src/network-worker/host/yamux/frame-decoder.ts'
import { YamuxProtocolError } from '../../../../../src/network-worker/host/yamux/yamux-error.ts'
import { type Frame, frame, framesIn } from './frames.ts'

/** What a decoder tells of bytes that are pushed in pieces of these lengths. */
function decode(bytes: Uint8Array, cuts: readonly number[]): Frame[] {
  const frames: Frame[] = []
  let payload: Uint8Array[] = []
  let header: Omit<Frame, 'data'> | undefined
  const decoder = new FrameDecoder({
    onHeader(type, flags, streamId, length) {
      header = { type, flags, streamId, length }
      if (type !== 0) frames.push({ ...header, data: '' })
    },
    onPayload(piece) {
      assert.ok(piece.length > 0)
      payload.push(piece)
    },
    onDataEnd() {
      assert.ok(header !== undefined)
      frames.push({ ...header, data: Buffer.concat(payload).toString('hex') })
      payload = []
    },
  })
  let at = 0
  for (const cut of [...cuts, bytes.length]) {
    decoder.push(bytes.subarray(at, at + cut))
    at = Math.min(bytes.length, at + cut)
  }
  return frames
}

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anyFrame = fc.oneof(
  fc
    .record({
      flags: fc.integer({ min: 0, max: 0xffff }),
      id: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      data: fc.uint8Array(),
    })
    .map(({ flags, id, data }) => frame(0, flags, id, data.length, data)),
  fc
    .record({
      flags: fc.integer({ min: 0, max: 0xffff }),
      id: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      length: uint32,
    })
    .map(({ flags, id, length }) => frame(1, flags, id, length)),
  fc.record({ type: fc.constantFrom(2, 3), length: uint32 }).map(({ type, length }) => frame(type, 1, 0, length)),
)

test('frames are the same however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(anyFrame), fc.array(fc.integer({ min: 0, max: 40 })), (frames, cuts) => {
      const bytes = Buffer.concat(frames)
      assert.deepEqual(decode(bytes, cuts), framesIn([bytes]))
    }),
  )
})

test('bytes that are no frames are refused with one kind of error, and nothing else comes of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.integer({ min: 1, max: 40 })), (bytes, cuts) => {
      try {
        decode(bytes, cuts)
      } catch (error) {
        assert.ok(error instanceof YamuxProtocolError)
      }
    }),
  )
})

for (const [what, bytes] of [
  ['another version', Buffer.concat([Buffer.of(1), frame(0, 0, 1, 0).subarray(1)])],
  ['an unknown type', frame(4, 0, 1, 0)],
  ['data of stream 0', frame(0, 0, 0, 0)],
  ['a window of stream 0', frame(1, 0, 0, 1)],
  ['a ping of a stream', frame(2, 1, 3, 1)],
  ['a go-away of a stream', frame(3, 0, 3, 0)],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => decode(bytes, []), YamuxProtocolError)
  })
}

test('a decoder that is stopped in the middle tells nothing more', () => {
  let headers = 0
  const decoder = new FrameDecoder({
    onHeader() {
      headers++
      decoder.stop()
    },
    onPayload: () => assert.fail('payload'),
    onDataEnd: () => assert.fail('end'),
  })
  decoder.push(Buffer.concat([frame(1, 0, 1, 0), frame(0, 0, 1, 1, Buffer.of(1)), Buffer.of(9, 9, 9)]))
  decoder.push(Buffer.alloc(100, 255))
  assert.equal(headers, 1)
})
