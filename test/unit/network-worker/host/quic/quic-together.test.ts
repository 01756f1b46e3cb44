/** What is sent together with something short in front of it, over QUIC. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openOne } from './scripted-quic.ts'

/** Of one write, and at which whoever sends is told to wait. */
const BATCH_BYTES = 256 * 1024
const FRONT = Buffer.alloc(27, 1)

test('both are one write', async () => {
  const [stream, native] = await openOne()
  const rest = Buffer.alloc(1000, 2)
  assert.equal(stream.sendTogether(FRONT, rest), true)
  assert.equal(native.written.length, 1)
  assert.ok(Buffer.concat(native.written).equals(Buffer.concat([FRONT, rest])))
  assert.equal(stream.writeBufferLength, 1027)
  native.takes()
  await nextTurn()
  assert.equal(stream.writeBufferLength, 0)
})

test('what lies side by side is not copied, and what only seems to is', async () => {
  const room = Buffer.alloc(1027, 3)
  const [stream, native] = await openOne()
  stream.sendTogether(room.subarray(0, 27), room.subarray(27))
  assert.equal(native.written[0]?.buffer, room.buffer)
  assert.deepEqual([native.written[0]?.byteOffset, native.written[0]?.length], [room.byteOffset, 1027])
  const [other, copied] = await openOne()
  room.set([1, 2, 3, 4], 0)
  other.sendTogether(room.subarray(1, 2), room.subarray(3, 4))
  assert.deepEqual(
    copied.written.map((bytes) => [...bytes]),
    [[2, 4]],
  )
})

test('what is longer than a write goes on with the next, and the sender is told when there is room', async () => {
  const [stream, native] = await openOne()
  const rest = Buffer.alloc(BATCH_BYTES, 2)
  let drained = 0
  stream.addEventListener('drain', () => drained++)
  assert.equal(stream.sendTogether(FRONT, rest), false)
  for (const expected of [0, 1]) {
    assert.equal(drained, expected)
    native.takes()
    await nextTurn()
  }
  assert.ok(Buffer.concat(native.written).equals(Buffer.concat([FRONT, rest])))
  assert.deepEqual([stream.writeBufferLength, drained, native.written.length], [0, 1, 2])
})

test('a stream that ends between two writes sends no more of it', async () => {
  const [stream, native] = await openOne()
  stream.sendTogether(FRONT, new Uint8Array(BATCH_BYTES))
  native.breaks('stream reset by peer: error 0')
  await nextTurn()
  native.takes()
  await nextTurn()
  assert.deepEqual([stream.status, stream.writeBufferLength, native.written.length], ['reset', 0, 1])
  assert.throws(() => stream.sendTogether(FRONT, new Uint8Array(1)), { name: 'StreamStateError' })
})
