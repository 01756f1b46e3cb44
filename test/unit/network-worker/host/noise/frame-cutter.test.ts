import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameCutter, type TakeFrame } from '../../../../../src/network-worker/host/noise/frame-cutter.ts'
import {
  FrameRooms,
  LONG_ROOM_BYTES,
  SHORT_ROOM_BYTES,
} from '../../../../../src/network-worker/host/noise/frame-rooms.ts'

const short = fc.uint8Array({ maxLength: 40 })
const long = fc.integer({ min: 1000, max: 65_535 }).map((length) => new Uint8Array(length).fill(length % 251))
const frames = fc.array(fc.oneof({ arbitrary: short, weight: 4 }, long), { maxLength: 8 })

function framed(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(bodies.flatMap((body) => [Uint8Array.of(body.length >> 8, body.length & 0xff), body]))
}

/** The stream in pieces, each a copy of its own. */
function pieces(stream: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const made: Uint8Array[] = []
  let at = 0
  for (let turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    made.push(stream.slice(at, at + size))
    at += size
  }
  return made
}

test('however the stream is cut into pieces, the same frames come out', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 70_000 })), {
    minLength: 1,
  })
  fc.assert(
    fc.property(
      frames,
      sizes.filter((list) => list.some((size) => size > 0)),
      (bodies, list) => {
        const rooms = new FrameRooms()
        // Two connections in turn, that are read into one room and put frames together in the same rooms.
        const links = [0, 1].map(() => {
          const taken: Buffer[] = []
          const take: TakeFrame = (bytes, start, end) => {
            taken.push(Buffer.from(bytes.subarray(start, end)))
            bytes.fill(0xee, start, end) // as who decrypts it there
            return true
          }
          return { taken, cutter: new FrameCutter(take, rooms) }
        })
        const socketRoom = new Uint8Array(70_000)
        for (const piece of pieces(framed(bodies), list)) {
          for (const { cutter } of links) {
            socketRoom.fill(0xdd)
            socketRoom.set(piece)
            cutter.push(socketRoom.subarray(0, piece.length))
          }
        }
        for (const { taken, cutter } of links) {
          assert.equal(taken.length, bodies.length)
          for (const [at, body] of bodies.entries()) assert.ok(taken[at]?.equals(body), `frame ${at}`)
          assert.equal(cutter.waitingBytes, 0)
        }
      },
    ),
  )
})

test('any bytes at all are frames and a rest of one at most', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
      let cut = 0
      const cutter = new FrameCutter((_bytes, start, end) => {
        cut += 2 + end - start
        return true
      })
      for (const chunk of chunks) cutter.push(chunk)
      const all = chunks.reduce((sum, { length }) => sum + length, 0)
      assert.equal(cut + cutter.waitingBytes, all)
      assert.ok(cutter.waitingBytes < 65_537)
    }),
  )
})

test('nothing is cut after the taker has said no', () => {
  for (const split of [0, 1, 2, 3]) {
    let taken = 0
    const cutter = new FrameCutter(() => ++taken < 2)
    const stream = framed([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3), Uint8Array.of(4)])
    cutter.push(stream.subarray(0, split))
    cutter.push(stream.subarray(split))
    assert.equal(taken, 2)
  }
})

test('a room is used again once its frame was taken, and at most some are kept', () => {
  const rooms = new FrameRooms()
  const long = rooms.take(SHORT_ROOM_BYTES + 1)
  const short = rooms.take(1)
  assert.deepEqual([long.length, short.length], [LONG_ROOM_BYTES, SHORT_ROOM_BYTES])
  assert.notEqual(rooms.take(LONG_ROOM_BYTES), long)
  rooms.giveBack(long)
  assert.equal(rooms.take(LONG_ROOM_BYTES), long)
  const many = Array.from({ length: 100 }, () => rooms.take(LONG_ROOM_BYTES))
  for (const room of many) rooms.giveBack(room)
  const known = new Set(many)
  const again = Array.from({ length: 100 }, () => rooms.take(LONG_ROOM_BYTES)).filter((room) => known.has(room))
  assert.ok(again.length > 0 && again.length <= 8, `${again.length} were kept`)
})

test('what is announced and does not come takes no room of its length', () => {
  let asked = 0
  class Counting extends FrameRooms {
    override take(bytes: number): Uint8Array {
      asked = Math.max(asked, bytes)
      return super.take(bytes)
    }
  }
  const cutter = new FrameCutter(() => true, new Counting())
  cutter.push(Uint8Array.of(0xff, 0xff, 1))
  assert.ok(asked <= SHORT_ROOM_BYTES)
})
