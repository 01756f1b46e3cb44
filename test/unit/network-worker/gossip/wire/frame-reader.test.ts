import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { FrameReader, InvalidLengthError } from '../../../../../src/network-worker/gossip/wire/frame-reader.ts'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { MessageRooms } from '../../../../../src/network-worker/gossip/wire/message-rooms.ts'
import { collectAll } from '../../../../support/whole-heap.ts'

const MAX_BYTES = 100_000

function read(chunks: readonly Uint8Array[], maxBytes = MAX_BYTES): Uint8Array[] {
  const frames: Uint8Array[] = []
  const reader = new FrameReader({ maxBytes, onFrame: (frame) => void frames.push(frame) })
  for (const chunk of chunks) reader.push(chunk)
  return frames
}

/** As from a socket that is read into one room, of which every chunk is overwritten by the next. */
function readLent(chunks: readonly Uint8Array[], maxBytes = MAX_BYTES): Uint8Array[] {
  const frames: Uint8Array[] = []
  const reader = new FrameReader({ maxBytes, onFrame: (frame) => void frames.push(frame) })
  const room = new Uint8Array(Math.max(0, ...chunks.map(({ length }) => length)))
  for (const chunk of chunks) {
    room.fill(0xee)
    room.set(chunk)
    reader.push(room.subarray(0, chunk.length), true)
  }
  room.fill(0xdd)
  return frames
}

/** The bytes cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...ends].map((start, i) => bytes.subarray(start, ends[i] ?? bytes.length))
}

test('frames come out as they went in, however the bytes are cut', () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: 70_000 }).map((length) => new Uint8Array(length).fill(length % 251)),
  )
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, places) => {
      const bytes = Buffer.concat(frames.map(prefixWithLength))
      const chunks = cut(bytes, places).filter(({ length }) => length > 0)
      // All are kept until the last has come: none lies where another is put.
      for (const way of [read, readLent]) assert.deepEqual(way(chunks).map(Buffer.from), frames.map(Buffer.from))
    }),
  )
})

test('byte by byte', () => {
  const frames = [new Uint8Array(200).fill(1), new Uint8Array(), new Uint8Array(3).fill(2)]
  const bytes = Buffer.concat(frames.map(prefixWithLength))
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte))
  for (const way of [read, readLent]) assert.deepEqual(way(chunks).map(Buffer.from), frames.map(Buffer.from))
})

test('a frame that is whole in a chunk is a view of it, unless the chunk is lent', () => {
  const chunk = prefixWithLength(Uint8Array.of(1, 2, 3))
  const seen: Uint8Array[] = []
  const reader = new FrameReader({ maxBytes: MAX_BYTES, onFrame: (frame) => void seen.push(frame) })
  reader.push(chunk)
  assert.equal(seen[0]?.buffer, chunk.buffer)
  reader.push(chunk, true)
  assert.notEqual(seen[1]?.buffer, chunk.buffer)
})

test('a frame is told with the time of its first bytes, not of its last', () => {
  let nowMs = 0
  const started: number[] = []
  const reader = new FrameReader({
    maxBytes: MAX_BYTES,
    onFrame: (_, startedAtMs) => void started.push(startedAtMs),
    nowMs: () => nowMs,
  })
  const bytes = Buffer.concat([10, 20, 30, 5].map((length) => prefixWithLength(new Uint8Array(length))))
  // The first whole, the second in three pieces, the last of which brings all of the third and the head of the fourth.
  for (const [start, end] of [
    [0, 15],
    [15, 25],
    [25, 65],
    [65, bytes.length],
  ]) {
    nowMs += 100
    reader.push(bytes.subarray(start, end))
  }
  assert.deepEqual(started, [100, 100, 300, 300])
})

test('a length may take more bytes than it needs', () => {
  assert.deepEqual(read([Uint8Array.of(0x82, 0x00, 7, 8)]), [Uint8Array.of(7, 8)])
})

test('a frame that is too long is refused by its length, and so is a length that never ends', () => {
  assert.throws(() => read([prefixWithLength(new Uint8Array(11)).subarray(0, 1)], 10), InvalidLengthError)
  assert.throws(() => read([Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x01)]), InvalidLengthError)
})

test('whatever the bytes, it reads frames within the bound or says that a length is none', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { maxLength: 10 }), (chunks) => {
      try {
        for (const frame of readLent(chunks, 1000)) assert.ok(frame.length <= 1000)
      } catch (error) {
        assert.ok(error instanceof InvalidLengthError)
      }
    }),
  )
})

test('a frame that comes byte by byte, each in a long stretch, keeps none of the stretches', async () => {
  const reader = new FrameReader({ maxBytes: MAX_BYTES, onFrame: () => assert.fail('it is not complete') })
  const stretches: WeakRef<ArrayBufferLike>[] = []
  for (const byte of [0x80, 0x40, ...new Uint8Array(100)]) {
    const stretch = Buffer.alloc(65_536, byte)
    stretches.push(new WeakRef(stretch.buffer))
    reader.push(stretch.subarray(500, 501))
    await nextTurn()
  }
  collectAll()
  assert.ok(stretches.filter((stretch) => stretch.deref() !== undefined).length <= 1)
  assert.ok(reader instanceof FrameReader) // it is still there
})

test('rooms are made for what came, not for what was announced, and one of its length for a frame that is there by half', () => {
  /** Of a room for 68,003 bytes: in steps of 16 KiB. */
  const ROOM_BYTES = 80 * 1024
  const rooms: number[] = []
  const reader = new FrameReader({
    maxBytes: 10_000_000,
    onFrame: (frame) => void rooms.push(-frame.length),
    rooms: new MessageRooms({ onMade: (bytes) => void rooms.push(bytes) }),
  })
  const announced = prefixWithLength(new Uint8Array(68_000))
  reader.push(announced.subarray(0, 3), true)
  assert.deepEqual(rooms, [], 'an announcement alone costs nothing')
  reader.push(announced.subarray(3, 4), true)
  assert.deepEqual(rooms, [4096])
  reader.push(announced.subarray(4, 40_003), true)
  assert.deepEqual(rooms, [4096, ROOM_BYTES])
  reader.push(announced.subarray(40_003), true)
  assert.deepEqual(rooms, [4096, ROOM_BYTES, -68_000])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 10 }), (pieces) => {
      let came = 0
      const hungry = new FrameReader({
        maxBytes: 10_000_000,
        onFrame: () => assert.fail('it is not complete'),
        rooms: new MessageRooms({ onMade: (bytes) => assert.ok(bytes <= Math.max(4096, 2.5 * came + 7)) }),
      })
      hungry.push(prefixWithLength(new Uint8Array(10_000_000)).subarray(0, 4), true)
      for (const bytes of pieces) {
        came += bytes
        hungry.push(new Uint8Array(bytes), true)
      }
    }),
    { numRuns: 20 },
  )
})

test('what its taker is done with is used again, and nothing that is still looked at', () => {
  const frame = fc.record({ length: fc.integer({ min: 1, max: 40_000 }), isDone: fc.boolean(), fill: fc.nat(255) })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, places) => {
      const rooms = new MessageRooms()
      const kept: { readonly bytes: Uint8Array; readonly fill: number }[] = []
      let count = 0
      const reader = new FrameReader({
        maxBytes: MAX_BYTES,
        rooms,
        onFrame: (bytes) => {
          const { isDone = false, fill = 0 } = frames[count++] ?? {}
          assert.ok(bytes.every((byte) => byte === fill))
          if (!isDone) kept.push({ bytes, fill })
          return isDone
        },
      })
      const bytes = Buffer.concat(frames.map(({ length, fill }) => prefixWithLength(new Uint8Array(length).fill(fill))))
      for (const chunk of cut(bytes, places)) reader.push(Uint8Array.from(chunk), true)
      assert.equal(count, frames.length)
      for (const one of kept) assert.ok(one.bytes.every((byte) => byte === one.fill))
    }),
  )
})

test('frames of which nobody keeps any are all read into one room', () => {
  const made: number[] = []
  const reader = new FrameReader({
    maxBytes: MAX_BYTES,
    rooms: new MessageRooms({ onMade: (bytes) => void made.push(bytes) }),
    onFrame: () => true,
  })
  const frame = prefixWithLength(new Uint8Array(70_000))
  for (let times = 0; times < 10; times++) reader.push(frame, true)
  assert.deepEqual(made, [80 * 1024])
})
