import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findMismatches, type NodeIdentity, scheduleDifference } from '../../../src/beacon-node/identity-check.ts'
import { smallNetwork } from '../network-worker/small-network.ts'

const NETWORK = smallNetwork({ blobSchedule: [{ epoch: 20, maxBlobsPerBlock: 12 }] })
const FORKS = NETWORK.forks.map(({ versionHex, epoch }) => ({ current_version: versionHex, epoch }))
const EPOCH = 12

function identityOf(change: Partial<NodeIdentity> = {}): NodeIdentity {
  return {
    genesis: {
      genesis_time: NETWORK.genesisTimeSeconds,
      genesis_validators_root: NETWORK.genesisValidatorsRootHex,
      genesis_fork_version: NETWORK.forks[0]?.versionHex ?? '',
    },
    spec: { SLOTS_PER_EPOCH: '8', SECONDS_PER_SLOT: '2', SLOT_DURATION_MS: '2000' },
    forks: FORKS,
    ...change,
  }
}

const namesOf = (change: Partial<NodeIdentity>, network = NETWORK): readonly (string | undefined)[] =>
  findMismatches(identityOf(change), network, EPOCH).map((text) => text.split(':')[0])

test('forks that start together may be listed in any order, or the last one only', () => {
  assert.deepEqual(namesOf({ forks: FORKS.toReversed() }), [])
  assert.deepEqual(namesOf({ forks: FORKS.slice(-1) }), [])
  assert.deepEqual(namesOf({ forks: FORKS.slice(0, -1) }), ['fork in force'])
  assert.deepEqual(namesOf({ forks: [] }), ['fork in force'])
  const later = { current_version: '99000099', epoch: 5 }
  assert.deepEqual(namesOf({ forks: [...FORKS, later] }), ['fork in force'])
})

for (const [name, spec, expected] of [
  ['both right', { SECONDS_PER_SLOT: '2', SLOT_DURATION_MS: '2000' }, []],
  ['the older one only', { SECONDS_PER_SLOT: '2' }, []],
  ['the newer one only', { SLOT_DURATION_MS: '2000' }, []],
  ['the newer one a default', { SECONDS_PER_SLOT: '2', SLOT_DURATION_MS: '12000' }, []],
  ['the older one a default', { SECONDS_PER_SLOT: '12', SLOT_DURATION_MS: '2000' }, []],
  ['both wrong', { SECONDS_PER_SLOT: '12', SLOT_DURATION_MS: '12000' }, ['SLOT_DURATION_MS']],
  ['the only one wrong', { SECONDS_PER_SLOT: '12' }, ['SECONDS_PER_SLOT']],
  ['neither', {}, []],
] as const) {
  test(`the length of a slot by its two names: ${name}`, () => {
    assert.deepEqual(namesOf({ spec }), expected)
  })
}

test('whole seconds do not speak for slots that are none', () => {
  const network = { ...NETWORK, slotDurationMs: 2500 }
  assert.deepEqual(namesOf({ spec: { SECONDS_PER_SLOT: '2', SLOT_DURATION_MS: '2000' } }, network), [
    'SLOT_DURATION_MS',
  ])
  assert.deepEqual(namesOf({ spec: { SECONDS_PER_SLOT: '2', SLOT_DURATION_MS: '2500' } }, network), [])
})

test('limits of blobs that differ are named; those in a form of its own are not looked at', () => {
  const difference = (listed: unknown): string | undefined =>
    scheduleDifference({ spec: { BLOB_SCHEDULE: listed }, forks: FORKS }, NETWORK, EPOCH)
  const never = { EPOCH: '18446744073709551615', MAX_BLOBS_PER_BLOCK: '99' }
  assert.equal(difference([{ EPOCH: '20', MAX_BLOBS_PER_BLOCK: '12' }]), undefined)
  assert.equal(difference([never, { EPOCH: '20', MAX_BLOBS_PER_BLOCK: '12' }]), undefined)
  for (const listed of [undefined, [], 'none', [{ Epoch: 20 }]]) assert.equal(difference(listed), undefined)
  assert.match(difference([{ EPOCH: '21', MAX_BLOBS_PER_BLOCK: '12' }]) ?? '', /ours 20:12, the node's 21:12/)
  assert.match(difference([never]) ?? '', /the node's none/)
})

test('a fork to come on one side only is named with its epoch', () => {
  const forks = [...FORKS, { current_version: '99000099', epoch: 500 }]
  assert.match(
    scheduleDifference({ spec: {}, forks }, NETWORK, EPOCH) ?? '',
    /epoch 500: ours 70000077, the node's 99000099/,
  )
})
