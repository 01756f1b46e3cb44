import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DigestEntry } from '../../../../../src/consensus/fork-schedule.ts'
import type { ForkName } from '../../../../../src/consensus/network-config.ts'
import { topicsUnder, type WantedTopics } from '../../../../../src/network-worker/gossip/topics/wanted-topics.ts'

const NONE: ReadonlySet<number> = new Set()

function all(length: number): ReadonlySet<number> {
  return new Set(Array.from({ length }, (_, index) => index))
}

function entryOf(fork: ForkName): DigestEntry {
  return { epoch: 0, fork, forkVersionHex: '00000000', digestHex: '8c9f62fe', maxBlobsPerBlock: 9 }
}

function names(wanted: WantedTopics, fork: ForkName): string[] {
  return topicsUnder(wanted, entryOf(fork)).map(({ parsed }) => parsed.name)
}

test('everything in fulu is 205 topics, all different, all under the digest', () => {
  const topics = topicsUnder({ kinds: 'all', attestationSubnets: all(64), custodyColumns: all(128) }, entryOf('fulu'))
  assert.equal(new Set(topics.map(({ topic }) => topic)).size, 205)
  for (const { topic, parsed } of topics) assert.equal(topic, `/eth2/8c9f62fe/${parsed.name}/ssz_snappy`)
})

test('a kind that the fork does not have waits for its fork', () => {
  const wanted: WantedTopics = {
    kinds: new Set(['beacon_block', 'blob_sidecar', 'data_column_sidecar']),
    attestationSubnets: NONE,
    custodyColumns: new Set([3]),
  }
  assert.deepEqual(names(wanted, 'capella'), ['beacon_block'])
  assert.equal(names(wanted, 'electra').filter((name) => name.startsWith('blob_sidecar_')).length, 9)
  assert.deepEqual(names(wanted, 'fulu'), ['beacon_block', 'data_column_sidecar_3'])
})

test('attestation subnets follow their own setting, whatever the kinds', () => {
  const wanted: WantedTopics = { kinds: new Set(), attestationSubnets: new Set([0, 63]), custodyColumns: all(128) }
  assert.deepEqual(names(wanted, 'fulu'), ['beacon_attestation_0', 'beacon_attestation_63'])
})

test('without subnets even "all" has no attestations', () => {
  const wanted: WantedTopics = { kinds: 'all', attestationSubnets: NONE, custodyColumns: NONE }
  const found = names(wanted, 'fulu')
  assert.ok(found.includes('sync_committee_3') && found.includes('beacon_block'))
  assert.ok(!found.some((name) => name.startsWith('beacon_attestation') || name.startsWith('data_column_sidecar')))
})
