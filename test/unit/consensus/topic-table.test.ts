import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ForkName } from '../../../src/consensus/network-config.ts'
import {
  GOSSIP_KINDS,
  gossipNamesOfFork,
  gossipNamesOfKind,
  isGossipKind,
  TOPIC_TABLE,
} from '../../../src/consensus/topic-table.ts'

// specs/<fork>/p2p-interface.md: 69 in phase0, +7 altair, +1 capella, +6 deneb, +3 electra, -9 +128 fulu, +4 gloas
const COUNTS: Record<ForkName, number> = {
  phase0: 69,
  altair: 76,
  bellatrix: 76,
  capella: 77,
  deneb: 83,
  electra: 86,
  fulu: 205,
  gloas: 209,
}

for (const [fork, count] of Object.entries(COUNTS)) {
  test(`${fork} has ${count} distinct topics`, () => {
    const names = gossipNamesOfFork(fork as ForkName)
    assert.equal(names.length, count)
    assert.equal(new Set(names).size, count)
  })
}

test('blob sidecars are six in deneb, nine in electra and none from fulu on', () => {
  assert.equal(gossipNamesOfKind('blob_sidecar', 'capella').length, 0)
  assert.equal(gossipNamesOfKind('blob_sidecar', 'deneb').at(-1), 'blob_sidecar_5')
  assert.equal(gossipNamesOfKind('blob_sidecar', 'electra').at(-1), 'blob_sidecar_8')
  assert.deepEqual(gossipNamesOfKind('blob_sidecar', 'fulu'), [])
  assert.equal(TOPIC_TABLE.blob_sidecar.subnets?.('fulu'), 0)
})

test('what /mesh calls the topics', () => {
  const views = Object.fromEntries(GOSSIP_KINDS.map((kind) => [kind, TOPIC_TABLE[kind].viewKind]))
  assert.deepEqual(views, {
    beacon_block: 'BeaconBlock',
    beacon_aggregate_and_proof: 'BeaconAggregateAndProof',
    beacon_attestation: 'Attestation',
    voluntary_exit: 'VoluntaryExit',
    proposer_slashing: 'ProposerSlashing',
    attester_slashing: 'AttesterSlashing',
    sync_committee_contribution_and_proof: 'SignedContributionAndProof',
    sync_committee: 'SyncCommitteeMessage',
    light_client_finality_update: 'LightClientFinalityUpdate',
    light_client_optimistic_update: 'LightClientOptimisticUpdate',
    bls_to_execution_change: 'BlsToExecutionChange',
    blob_sidecar: 'BlobSidecar',
    data_column_sidecar: 'DataColumnSidecar',
    execution_payload_bid: 'ExecutionPayloadBid',
    execution_payload: 'ExecutionPayload',
    payload_attestation_message: 'PayloadAttestationMessage',
    proposer_preferences: 'ProposerPreferences',
  })
})

test('base names only: neither subnets nor inherited properties are kinds', () => {
  assert.equal(isGossipKind('beacon_block'), true)
  for (const text of ['beacon_attestation_1', 'constructor', '']) assert.equal(isGossipKind(text), false)
})
