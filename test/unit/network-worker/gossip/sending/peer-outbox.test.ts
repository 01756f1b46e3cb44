import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MESSAGE_CLASSES } from '../../../../../src/network-worker/gossip/message-class.ts'
import { OUTBOX_BYTES, STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { MAX_AGE_MS, outboxScene } from './outbox-scene.ts'

test('with room in the stream a message goes at once and nothing waits', () => {
  const { outbox, offer, sent } = outboxScene()
  assert.equal(offer('a', 'attestation'), true)
  assert.deepEqual([sent, outbox.bytes, outbox.waitingMs], [['a'], 0, 0])
})

test('blocks go first, then sidecars, the rest, attestations; within a class the oldest first', () => {
  const { offer, fill, drainAll, sent } = outboxScene()
  fill()
  for (const name of MESSAGE_CLASSES.toReversed()) for (const n of [1, 2]) offer(`${name} ${n}`, name)
  drainAll()
  assert.deepEqual(
    sent,
    MESSAGE_CLASSES.flatMap((name) => [`${name} 1`, `${name} 2`]),
  )
})

test('what comes while others wait does not overtake its own class', () => {
  const { outbox, offer, fill, state, stream, sent } = outboxScene()
  fill()
  offer('first', 'attestation')
  state.writeBufferLength = 0
  offer('second', 'attestation')
  assert.deepEqual(sent, [])
  outbox.drain(stream)
  assert.deepEqual(sent, ['first', 'second'])
})

test('a drain stops where the stream is full again', () => {
  const { outbox, offer, fill, drainAll, sent } = outboxScene()
  fill()
  for (let i = 0; i < 8; i++) offer(`${i}`, 'sidecar', STREAM_WATERMARK_BYTES / 4)
  drainAll()
  assert.deepEqual(sent, ['0', '1', '2', '3'])
  assert.equal(outbox.bytes, STREAM_WATERMARK_BYTES)
})

test('no room: the cheapest class loses its oldest; a block goes only for a newer block', () => {
  const { outbox, offer, fill, drops } = outboxScene()
  fill()
  const half = OUTBOX_BYTES / 2
  offer('attestation 1', 'attestation', half)
  offer('attestation 2', 'attestation', half)
  assert.equal(offer('block 1', 'block', half), true)
  assert.equal(offer('block 2', 'block', half), true)
  assert.equal(offer('attestation 3', 'attestation', 10), false, 'itself the cheapest')
  assert.equal(offer('block 3', 'block', half), true)
  assert.deepEqual(
    drops,
    ['attestation 1', 'attestation 2', 'attestation 3', 'block 1'].map((id) => ({ id, reason: 'queue_full' })),
  )
  assert.equal(outbox.bytes, OUTBOX_BYTES)
})

test('a message the peer has told us to have is not sent when its turn comes, and is no drop', () => {
  const { outbox, offer, fill, drainAll, unwanted, sent, drops, spared } = outboxScene()
  fill()
  for (const id of ['a', 'b', 'c']) offer(id, 'sidecar')
  unwanted.add('b')
  drainAll()
  assert.deepEqual([sent, drops, spared, outbox.bytes], [['a', 'c'], [], ['b'], 0])
})

test('blocks and sidecars that the peer has come out at once, short ones when their turn comes', () => {
  const { outbox, offer, fill, drainAll, unwanted, sent, drops, spared } = outboxScene()
  fill()
  for (const name of MESSAGE_CLASSES) for (const n of [1, 2, 3]) offer(`${name} ${n}`, name)
  for (const name of MESSAGE_CLASSES) unwanted.add(`${name} 2`)
  outbox.withdraw()
  assert.deepEqual(spared, ['block 2', 'sidecar 2'])
  assert.equal(outbox.bytes, 10_000)
  drainAll()
  const wanted = MESSAGE_CLASSES.flatMap((name) => [`${name} 1`, `${name} 3`])
  assert.deepEqual([sent, drops], [wanted, []])
})

test('who has all that waited for it is slow no longer', () => {
  const { outbox, offer, fill, state, unwanted } = outboxScene()
  outbox.withdraw()
  fill()
  offer('a', 'block')
  state.nowMs = 4000
  outbox.withdraw()
  assert.equal(outbox.waitingMs, 4000)
  unwanted.add('a')
  outbox.withdraw()
  assert.deepEqual([outbox.waitingMs, outbox.bytes], [0, 0])
})

test('asked for again within the period, nothing is looked at', () => {
  const { outbox, offer, fill, state, unwanted, spared } = outboxScene()
  fill()
  for (const id of ['a', 'b']) offer(id, 'block')
  outbox.withdraw(100)
  unwanted.add('a')
  state.nowMs = 99
  outbox.withdraw(100)
  assert.deepEqual(spared, [])
  state.nowMs = 100
  outbox.withdraw(100)
  assert.deepEqual(spared, ['a'])
  unwanted.add('b')
  outbox.withdraw()
  assert.deepEqual(spared, ['a', 'b'])
})

test('what was taken out makes room for what comes', () => {
  const { outbox, offer, fill, unwanted, drops } = outboxScene()
  fill()
  offer('a', 'block', OUTBOX_BYTES)
  unwanted.add('a')
  outbox.withdraw()
  assert.equal(offer('b', 'attestation', OUTBOX_BYTES), true)
  assert.deepEqual(drops, [])
})

test('what waited for too long is dropped as stale; at the limit it still goes', () => {
  const { offer, fill, drainAll, state, sent, drops } = outboxScene()
  fill()
  offer('old', 'block')
  state.nowMs = 1
  offer('in time', 'block')
  state.nowMs = MAX_AGE_MS + 1
  drainAll()
  assert.deepEqual(sent, ['in time'])
  assert.deepEqual(drops, [{ id: 'old', reason: 'stale' }])
})

test('waiting is counted from the first that waits until none does', () => {
  const { outbox, offer, fill, drainAll, state } = outboxScene()
  fill()
  state.nowMs = 100
  offer('a', 'other')
  state.nowMs = 400
  offer('b', 'other')
  assert.equal(outbox.waitingMs, 300)
  drainAll()
  assert.equal(outbox.waitingMs, 0)
  fill()
  offer('c', 'other')
  state.nowMs = 450
  assert.equal(outbox.waitingMs, 50)
  outbox.clear('stream_lost')
  assert.deepEqual([outbox.waitingMs, outbox.bytes], [0, 0])
})

test('a broken stream costs what is handed to it, as stream_lost', () => {
  const { outbox, offer, fill, drainAll, state, drops } = outboxScene()
  state.isBroken = true
  assert.equal(offer('at once', 'block'), false)
  fill()
  offer('waiting', 'block')
  drainAll()
  fill()
  offer('cleared', 'block')
  outbox.clear('stream_lost')
  assert.deepEqual(
    drops,
    ['at once', 'waiting', 'cleared'].map((id) => ({ id, reason: 'stream_lost' })),
  )
})

test('what goes in front goes with the message, by the stream’s cheaper way where there is one', () => {
  const { stream, offer, named, ids, sent } = outboxScene()
  offer('a', 'block', 1000, false, named('front of a'))
  assert.deepEqual(sent.splice(0), ['front of a', 'a'])
  const together: (string | undefined)[] = []
  stream.pushTogether = (front, frame) => void together.push(ids.get(front), ids.get(frame))
  offer('b', 'block', 1000, false, named('front of b'))
  assert.deepEqual([sent, together], [[], ['front of b', 'b']])
})

test('what goes in front does not wait with its message, for room or for company', () => {
  const { offer, named, fill, drainAll, sent } = outboxScene()
  offer('short', 'attestation', 100, true, named('front of short'))
  assert.deepEqual(sent.splice(0), ['front of short'])
  fill()
  offer('block', 'block', 1000, false, named('front of block'))
  assert.deepEqual(sent, ['front of block'])
  drainAll()
  assert.deepEqual(sent, ['front of block', 'block'])
})

test('a stream that breaks at the front drops the message once', () => {
  const { state, offer, named, drops } = outboxScene()
  state.isBroken = true
  assert.equal(offer('a', 'block', 1000, false, named('front')), false)
  assert.deepEqual(drops, [{ id: 'a', reason: 'stream_lost' }])
})

test('what goes in front is told of when it went, whether its message did, waits or is lost', () => {
  const { stream, state, offer, named, fill, fronts, drops } = outboxScene()
  offer('a', 'block', 1000, false, named('front of a'))
  fill()
  offer('b', 'block', 1000, false, named('front of b'))
  offer('too long', 'block', OUTBOX_BYTES + 1, false, named('front of the long one'))
  assert.deepEqual([fronts.count, drops], [3, [{ id: 'too long', reason: 'queue_full' }]])
  state.isBroken = true
  offer('c', 'block', 1000, false, named('front of c'))
  assert.equal(fronts.count, 3)
  const alone = outboxScene()
  alone.stream.pushTogether = () => {
    throw new Error('gone')
  }
  assert.equal(alone.offer('d', 'block', 1000, false, alone.named('front of d')), false)
  assert.equal(alone.fronts.count, 0)
  assert.equal(stream.pushTogether, undefined)
})

test('a message for which there could never be room takes nothing with it, and nobody is slow for it', () => {
  const { outbox, offer, fill, state, drops } = outboxScene()
  fill()
  assert.equal(offer('alone', 'block', OUTBOX_BYTES + 1), false)
  state.nowMs = 10_000
  assert.deepEqual([outbox.bytes, outbox.waitingMs], [0, 0])
  offer('attestation', 'attestation')
  assert.equal(offer('with others', 'block', OUTBOX_BYTES + 1), false)
  assert.equal(outbox.bytes, 1000)
  assert.deepEqual(
    drops,
    ['alone', 'with others'].map((id) => ({ id, reason: 'queue_full' })),
  )
})
