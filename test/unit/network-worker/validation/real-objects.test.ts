import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ForkName, isForkAtLeast } from '../../../../src/consensus/network-config.ts'
import { isTopicOfFork } from '../../../../src/consensus/topic.ts'
import type { GossipKind } from '../../../../src/consensus/topic-table.ts'
import { REAL_FORKS, realNetwork, realObject } from '../../../support/real-objects.ts'
import { sceneAt } from './judge-scene.ts'
import { judgeReal, turned } from './real-objects-scene.ts'

/** What each fork's network must have gossiped, from the fork that brought it to that which ended it. */
const KINDS: readonly (readonly [kind: GossipKind, from: ForkName, until?: ForkName])[] = [
  ['beacon_block', 'phase0'],
  ['beacon_attestation', 'phase0'],
  ['beacon_aggregate_and_proof', 'phase0'],
  ['voluntary_exit', 'phase0'],
  ['proposer_slashing', 'phase0'],
  ['attester_slashing', 'phase0'],
  ['sync_committee', 'altair'],
  ['sync_committee_contribution_and_proof', 'altair'],
  ['bls_to_execution_change', 'capella'],
  ['blob_sidecar', 'deneb', 'fulu'],
  ['data_column_sidecar', 'fulu'],
]

/** What is about a slot must be on the topic of its fork. */
const KINDS_OF_SLOTS: ReadonlySet<GossipKind> = new Set([
  'beacon_block',
  'beacon_attestation',
  'beacon_aggregate_and_proof',
  'sync_committee',
  'sync_committee_contribution_and_proof',
])

/** The header of a snappy block: 2^32 - 1 bytes. */
const LENGTH_4_GIB = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)

test('there are real objects of every fork that clients run', () => {
  assert.deepEqual(REAL_FORKS, ['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu'])
})

test('there are updates for light clients where a network was captured until it had finality', () => {
  const withUpdates = REAL_FORKS.filter((fork) => {
    const kinds = new Set(realNetwork(fork).objects.map(({ kind }) => kind))
    return kinds.has('light_client_optimistic_update') && kinds.has('light_client_finality_update')
  })
  assert.deepEqual(withUpdates, ['altair', 'capella', 'deneb', 'fulu'])
})

for (const fork of REAL_FORKS) {
  test(`${fork}: there are objects of every kind`, () => {
    const kinds = new Set(realNetwork(fork).objects.map(({ kind }) => kind))
    for (const [kind, from, until] of KINDS) {
      const isExpected = isForkAtLeast(fork, from) && (until === undefined || !isForkAtLeast(fork, until))
      assert.equal(kinds.has(kind), isExpected, kind)
    }
  })

  test(`${fork}: all are accepted when they came, with and without the number of validators`, () => {
    for (const object of realNetwork(fork).objects) {
      for (const on of [{}, { activeValidators: 64 }]) {
        assert.equal(judgeReal(object, object.compressed, on), 'accept', `${object.parsed.name} of ${object.slot}`)
      }
    }
  })

  test(`${fork}: what snappy cannot read, or reads as too much, is rejected`, () => {
    for (const { kind } of realNetwork(fork).objects) {
      const object = realObject(fork, kind)
      const { compressed } = object
      const cut = judgeReal(object, compressed.subarray(0, -1))
      assert.equal(cut, 'reject snappy_corrupt', kind)
      const none = judgeReal(object, new Uint8Array(0))
      assert.equal(none, 'reject snappy_bad_length', kind)
      const bomb = judgeReal(object, Buffer.concat([LENGTH_4_GIB, compressed]))
      assert.equal(bomb, 'reject snappy_too_long', kind)
      const tiny = judgeReal(object, Uint8Array.of(1, 0, 7))
      assert.equal(tiny, 'reject snappy_too_short', kind)
      assert.notEqual(judgeReal(object, turned(compressed)), 'accept', kind)
    }
  })
}

test('electra: on the topics of the next fork, which have the same types, they are ignored', () => {
  const { config: network, objects } = realNetwork('electra')
  const slotted = objects.filter(({ kind, parsed }) => KINDS_OF_SLOTS.has(kind) && isTopicOfFork(parsed, 'fulu'))
  assert.ok(slotted.length > 8)
  for (const { parsed, slot, ssz } of slotted) {
    const verdict = sceneAt(slot, 900, { network }).judgeOf(parsed.name, 'fulu').judgeUnverified(ssz)
    assert.deepEqual(verdict, { action: 'ignore', reason: 'other_digest' }, parsed.name)
  }
})
