import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FirstBlockSenders } from '../../../../src/network-worker/stats/first-block-senders.ts'
import { MAX_FIRST_BLOCK_SENDERS } from '../../../../src/shared/limits.ts'

test('each credit counts one block and is told of; the most blocks come first, equals by peer id', () => {
  const told: string[] = []
  const senders = new FirstBlockSenders({ restored: [], onCredit: (peerId) => void told.push(peerId) })
  for (const peerId of ['c', 'a', 'b', 'a', 'c']) senders.credit(peerId)
  assert.deepEqual(senders.senders(), [
    { peer_id: 'a', count: 2 },
    { peer_id: 'c', count: 2 },
    { peer_id: 'b', count: 1 },
  ])
  assert.deepEqual(told, ['c', 'a', 'b', 'a', 'c'])
})

test('counts of earlier runs go on, and are not told of again', () => {
  const told: string[] = []
  const senders = new FirstBlockSenders({
    restored: [
      { peer_id: 'a', count: 7 },
      { peer_id: 'b', count: 3 },
    ],
    onCredit: (peerId) => void told.push(peerId),
  })
  senders.credit('b')
  assert.deepEqual(senders.senders(), [
    { peer_id: 'a', count: 7 },
    { peer_id: 'b', count: 4 },
  ])
  assert.deepEqual(told, ['b'])
})

test('beyond the bound the fewest blocks go, of equals the longest unused', () => {
  const senders = new FirstBlockSenders({ restored: [{ peer_id: 'old', count: 1 }], maxPeers: 3 })
  for (const peerId of ['busy', 'busy', 'once', 'old', 'new']) senders.credit(peerId)
  assert.deepEqual(senders.senders(), [
    { peer_id: 'busy', count: 2 },
    { peer_id: 'old', count: 2 },
    { peer_id: 'new', count: 1 },
  ])
  senders.credit('newer')
  assert.deepEqual(
    senders.senders().map(({ peer_id }) => peer_id),
    ['busy', 'old', 'newer'],
  )
})

test('as many peers as the bound allows unless told otherwise', () => {
  const senders = new FirstBlockSenders({ restored: [] })
  for (let index = 0; index < MAX_FIRST_BLOCK_SENDERS + 100; index++) senders.credit(`p${index}`)
  assert.equal(senders.senders().length, MAX_FIRST_BLOCK_SENDERS)
})

test('whatever comes, as a count of all credits says, as long as all have room', () => {
  const peer = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  fc.assert(
    fc.property(fc.uniqueArray(peer), fc.array(peer, { maxLength: 60 }), (earlier, credits) => {
      const restored = earlier.map((peer_id, index) => ({ peer_id, count: index + 1 }))
      const senders = new FirstBlockSenders({ restored, maxPeers: 5 })
      const expected = new Map(restored.map(({ peer_id, count }) => [peer_id, count]))
      for (const peerId of credits) {
        senders.credit(peerId)
        expected.set(peerId, (expected.get(peerId) ?? 0) + 1)
      }
      const views = senders.senders()
      assert.deepEqual(new Map(views.map(({ peer_id, count }) => [peer_id, count])), expected)
      assert.deepEqual(
        views,
        views.toSorted((a, b) => b.count - a.count || (a.peer_id < b.peer_id ? -1 : 1)),
      )
    }),
  )
})
