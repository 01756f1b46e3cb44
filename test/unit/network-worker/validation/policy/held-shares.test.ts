import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeldShares } from '../../../../../src/network-worker/validation/policy/held-shares.ts'

const BOUNDS = { maxMessages: 10, maxBytes: 1000 }

test('the oldest of the peer that takes most in the network that takes most, in messages or in bytes', () => {
  const shares = new HeldShares(BOUNDS)
  assert.equal(shares.oldestOfGreediest(), undefined)
  const add = (msgId: string, network: string, peerId: string, sizeBytes: number) =>
    shares.add({ msgId, network, peerId, sizeBytes })
  add('block', 'a', 'honest', 300)
  assert.equal(shares.oldestOfGreediest(), 'block')
  for (let i = 0; i < 6; i++) add(`small ${i}`, 'b', `spammer ${i % 2}`, 10)
  assert.equal(shares.oldestOfGreediest(), 'small 0')
  add('large', 'c', 'other', 900)
  assert.equal(shares.oldestOfGreediest(), 'large')
  assert.ok(shares.isTooMuch)
  shares.remove({ msgId: 'large', network: 'c', peerId: 'other', sizeBytes: 900 })
  assert.equal(shares.isTooMuch, false)
  assert.equal(shares.bytes, 360)
  shares.remove({ msgId: 'large', network: 'c', peerId: 'other', sizeBytes: 900 })
  assert.equal(shares.bytes, 360, 'once')
})
