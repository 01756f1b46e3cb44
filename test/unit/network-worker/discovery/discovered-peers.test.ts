import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DiscoveredPeers } from '../../../../src/network-worker/discovery/discovered-peers.ts'
import { MAX_DISCOVERED_PEERS } from '../../../../src/shared/limits.ts'

test('each new peer is told once; restored ones are known and not told', () => {
  const told: string[] = []
  const peers = new DiscoveredPeers(['a', 'b'], (peerId) => void told.push(peerId))
  assert.deepEqual([peers.add('b'), peers.add('c'), peers.add('c')], [false, true, false])
  assert.deepEqual([told, peers.all(), peers.size], [['c'], ['a', 'b', 'c'], 3])
})

test('by default it holds 16,384; of more restored ones the newest are kept', () => {
  const restored = Array.from({ length: MAX_DISCOVERED_PEERS + 10 }, (_, index) => `peer${index}`)
  const peers = new DiscoveredPeers(restored, () => undefined)
  assert.deepEqual([peers.size, peers.all()[0]], [16_384, 'peer10'])
})

test('property: whatever is added, the last different ones are there in order of discovery', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 })), fc.integer({ min: 1, max: 10 }), (numbers, max) => {
      const model: string[] = []
      const told: string[] = []
      const peers = new DiscoveredPeers([], (peerId) => void told.push(peerId), max)
      let added = 0
      for (const peerId of numbers.map(String)) {
        const isNew = !model.includes(peerId)
        if (isNew) {
          added++
          model.push(peerId)
          if (model.length > max) model.shift()
        }
        assert.equal(peers.add(peerId), isNew)
        assert.deepEqual(peers.all(), model)
      }
      assert.deepEqual([peers.size, told.length], [model.length, added])
    }),
  )
})
