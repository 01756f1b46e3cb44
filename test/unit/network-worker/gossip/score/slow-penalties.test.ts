import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SlowPenalties } from '../../../../../src/network-worker/gossip/score/slow-penalties.ts'

test('an entry lives as long as the score record of its peer', () => {
  const records = new Map([
    ['here', { connected: true }],
    ['away', { connected: false }],
    ['forgotten', { connected: true }],
  ])
  const penalties = new SlowPenalties(records)
  for (const peerId of [...records.keys(), 'never scored']) penalties.add(peerId)
  records.delete('forgotten')
  penalties.onPeerLeft('forgotten')
  penalties.onPeerLeft('away')
  assert.equal(penalties.scoreOf('forgotten'), 0)
  assert.equal(penalties.size, 3)
  penalties.decay()
  assert.deepEqual(
    ['here', 'away', 'never scored'].map((peerId) => penalties.scoreOf(peerId)),
    [-1, -10, 0],
  )
  records.delete('away')
  penalties.decay()
  penalties.decay()
  assert.equal(penalties.size, 0)
})

test('what is forgiven counts as if it had not been', () => {
  const penalties = new SlowPenalties(new Map([['peer', { connected: true }]]))
  for (let count = 0; count < 5; count++) penalties.add('peer')
  penalties.forgive('peer', 3)
  assert.equal(penalties.scoreOf('peer'), -20)
  penalties.forgive('peer', 3)
  assert.deepEqual([penalties.scoreOf('peer'), penalties.size], [0, 0])
  penalties.forgive('other', 1)
  assert.equal(penalties.size, 0)
})
