import assert from 'node:assert/strict'
import { test } from 'node:test'
import { custodyGroups } from '../../../../../src/consensus/custody.ts'
import { computeSubscribedSubnets, EPOCHS_PER_SUBNET_SUBSCRIPTION } from '../../../../../src/consensus/subnets.ts'
import { wantedTopics } from '../../../../../src/network-worker/gossip/topics/own-subnets.ts'

const NODE_ID = Uint8Array.from({ length: 32 }, (_, index) => index * 7)
const BACKBONE = { topics: 'none', attestationSubnets: 'backbone', custodyColumns: 'custody' } as const

test('backbone: the two subnets of the node id, which rotate once in 256 epochs', () => {
  const periods = new Set<string>()
  for (let epoch = 1000; epoch < 1000 + 4 * EPOCHS_PER_SUBNET_SUBSCRIPTION; epoch += 16) {
    const { attestationSubnets } = wantedTopics(BACKBONE, NODE_ID, epoch)
    assert.deepEqual([...attestationSubnets], computeSubscribedSubnets(NODE_ID, epoch))
    periods.add([...attestationSubnets].join())
  }
  assert.ok(periods.size >= 4 && periods.size <= 5, `${periods.size} sets of subnets in four periods`)
})

test('before genesis the subnets are those of epoch 0', () => {
  const before = wantedTopics(BACKBONE, NODE_ID, -12)
  assert.deepEqual([...before.attestationSubnets], computeSubscribedSubnets(NODE_ID, 0))
})

test('custody: the columns of our four custody groups, the same in every epoch', () => {
  const expected = custodyGroups(NODE_ID, 4)
  assert.equal(expected.length, 4)
  for (const epoch of [0, 1000]) {
    assert.deepEqual([...wantedTopics(BACKBONE, NODE_ID, epoch).custodyColumns], expected)
  }
})

test('all, none and lists are taken at their word', () => {
  const everything = wantedTopics({ topics: 'all', attestationSubnets: 'all', custodyColumns: 'all' }, NODE_ID, 5)
  assert.equal(everything.kinds, 'all')
  assert.equal(everything.attestationSubnets.size, 64)
  assert.equal(everything.custodyColumns.size, 128)
  const some = wantedTopics(
    { topics: ['beacon_block', 'voluntary_exit'], attestationSubnets: [3, 9], custodyColumns: [127] },
    NODE_ID,
    5,
  )
  assert.deepEqual([...some.kinds], ['beacon_block', 'voluntary_exit'])
  assert.deepEqual([...some.attestationSubnets], [3, 9])
  assert.deepEqual([...some.custodyColumns], [127])
  const nothing = wantedTopics({ topics: 'none', attestationSubnets: 'none', custodyColumns: [] }, NODE_ID, 5)
  assert.equal(nothing.attestationSubnets.size + nothing.custodyColumns.size + [...nothing.kinds].length, 0)
})
