import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MessageRooms } from '../../../../../src/network-worker/gossip/wire/message-rooms.ts'

const lengths = fc.integer({ min: 1, max: 3_000_000 })

test('a room is no longer than five quarters of what it is for, or 4 kB', () => {
  fc.assert(
    fc.property(lengths, (bytes) => {
      const taken = new MessageRooms().take(bytes)
      assert.equal(taken.length, bytes)
      assert.ok(taken.buffer.byteLength <= Math.max(4096, 1.25 * bytes))
    }),
  )
})

test('what was given back is used again, for what is about as long', () => {
  const made: number[] = []
  const rooms = new MessageRooms({ onMade: (bytes) => void made.push(bytes) })
  const first = rooms.take(66_000)
  assert.notEqual(rooms.take(66_000).buffer, first.buffer, 'it is not free yet')
  rooms.giveBack(first.subarray(100, 200))
  assert.equal(rooms.take(70_000).buffer, first.buffer)
  assert.notEqual(rooms.take(66_000).buffer, first.buffer)
  assert.deepEqual(made, [80 * 1024, 80 * 1024, 80 * 1024])
})

test('no two who have one share it, whatever is taken and given back', () => {
  const steps = fc.array(fc.record({ bytes: fc.integer({ min: 4000, max: 9000 }), isTaking: fc.boolean() }))
  fc.assert(
    fc.property(steps, (sequence) => {
      const rooms = new MessageRooms({ maxFreeBytes: 20_000 })
      const taken: Uint8Array[] = []
      for (const { bytes, isTaking } of sequence) {
        if (isTaking) taken.push(rooms.take(bytes))
        else rooms.giveBack(taken.splice(bytes % (taken.length + 1), 1)[0] ?? new Uint8Array(bytes))
        assert.equal(new Set(taken.map(({ buffer }) => buffer)).size, taken.length)
        assert.ok(rooms.freeBytes <= 20_000)
      }
    }),
  )
})

test('what waits is bounded, and the longest do not wait at all', () => {
  const rooms = new MessageRooms({ maxFreeBytes: 200_000 })
  const taken = [80_000, 80_000, 80_000].map((bytes) => rooms.take(bytes))
  for (const room of taken) rooms.giveBack(room)
  assert.equal(rooms.freeBytes, 2 * 80 * 1024)
  const unbounded = new MessageRooms({ maxFreeBytes: Number.POSITIVE_INFINITY })
  unbounded.giveBack(unbounded.take(1024 * 1024 + 1))
  assert.equal(unbounded.freeBytes, 0)
})

test('one that is given back twice is an error, before two can write to it', () => {
  const rooms = new MessageRooms()
  const room = rooms.take(5000)
  rooms.giveBack(room)
  assert.throws(() => rooms.giveBack(room), /given back twice/)
})

test('rooms of a size that nobody asks for make way for others', () => {
  const made: number[] = []
  const rooms = new MessageRooms({ maxFreeBytes: 200_000, onMade: (bytes) => void made.push(bytes) })
  const old = [40_000, 40_000, 40_000, 40_000].map((bytes) => rooms.take(bytes))
  for (const room of old) rooms.giveBack(room)
  for (let times = 0; times < 10; times++) rooms.giveBack(rooms.take(150_000))
  assert.equal(made.filter((bytes) => bytes > 100_000).length, 1)
  assert.ok(rooms.freeBytes <= 200_000)
})
