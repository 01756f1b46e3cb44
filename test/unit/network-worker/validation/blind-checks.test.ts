import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { GOSSIP_KINDS, gossipNamesOfKind } from '../../../../src/consensus/topic-table.ts'
import { slotWindow } from '../../../../src/network-worker/validation/slot-window.ts'
import { BOUNDARY_EPOCH, judge, NETWORK, slotStartMs } from './blind-check-scene.ts'

const { slotsPerEpoch } = NETWORK
const ACCEPT = { action: 'accept' }

function block(slot: number): Uint8Array {
  const value = ssz.fulu.SignedBeaconBlock.defaultValue()
  value.message.slot = slot
  return ssz.fulu.SignedBeaconBlock.serialize(value)
}

function attestation(slot: number): Uint8Array {
  const value = ssz.electra.SingleAttestation.defaultValue()
  value.data.slot = slot
  return ssz.electra.SingleAttestation.serialize(value)
}

function syncMessage(slot: number): Uint8Array {
  return ssz.altair.SyncCommitteeMessage.serialize({ ...ssz.altair.SyncCommitteeMessage.defaultValue(), slot })
}

test('a block of the current slot is accepted', () => {
  assert.deepEqual(judge('beacon_block', block(20), slotStartMs(20) + 300), ACCEPT)
})

test('a block may be 500 ms early and not a millisecond more', () => {
  const early = block(21)
  assert.deepEqual(judge('beacon_block', early, slotStartMs(21) - 500), ACCEPT)
  assert.deepEqual(judge('beacon_block', early, slotStartMs(21) - 501), { action: 'ignore', reason: 'future_slot' })
})

test('a block of the two epochs before is accepted, an older one is a replay', () => {
  const now = slotStartMs(5 * slotsPerEpoch + 3)
  assert.deepEqual(judge('beacon_block', block(3 * slotsPerEpoch), now), ACCEPT)
  assert.deepEqual(judge('beacon_block', block(3 * slotsPerEpoch - 1), now), {
    action: 'ignore',
    reason: 'past_slot',
  })
})

test('attestations are of the current epoch or the one before', () => {
  const now = slotStartMs(5 * slotsPerEpoch + 3)
  assert.deepEqual(judge('beacon_attestation_3', attestation(4 * slotsPerEpoch), now), ACCEPT)
  assert.deepEqual(judge('beacon_attestation_3', attestation(4 * slotsPerEpoch - 1), now), {
    action: 'ignore',
    reason: 'past_slot',
  })
})

test('sync committee messages are of the current slot or the one before', () => {
  const now = slotStartMs(20) + 100
  assert.deepEqual(judge('sync_committee_1', syncMessage(19), now), ACCEPT)
  assert.deepEqual(judge('sync_committee_1', syncMessage(18), now), { action: 'ignore', reason: 'past_slot' })
})

test('a block under the digest of another time is ignored, on either side of the boundary', () => {
  const boundary = BOUNDARY_EPOCH * slotsPerEpoch
  const now = slotStartMs(boundary) + 100
  const otherDigest = { action: 'ignore', reason: 'other_digest' }
  assert.deepEqual(judge('beacon_block', block(boundary), now, BOUNDARY_EPOCH), ACCEPT)
  assert.deepEqual(judge('beacon_block', block(boundary), now, BOUNDARY_EPOCH - 1), otherDigest)
  assert.deepEqual(judge('beacon_block', block(boundary - 1), now, BOUNDARY_EPOCH - 1), ACCEPT)
  assert.deepEqual(judge('beacon_block', block(boundary - 1), now, BOUNDARY_EPOCH), otherDigest)
})

test('what ends before its slot is rejected', () => {
  const whole = block(20)
  for (const length of [0, 99, 107]) {
    assert.deepEqual(judge('beacon_block', whole.subarray(0, length), slotStartMs(20)), {
      action: 'reject',
      reason: 'truncated',
    })
  }
})

test('slots beyond what a number holds are in the future, not a fault', () => {
  const bytes = block(0).slice()
  bytes.fill(0xff, 100, 108)
  assert.deepEqual(judge('beacon_block', bytes, slotStartMs(20)), { action: 'ignore', reason: 'future_slot' })
})

test('kinds without a slot are accepted as they are', () => {
  for (const name of ['voluntary_exit', 'proposer_slashing', 'attester_slashing', 'bls_to_execution_change'] as const) {
    assert.deepEqual(judge(name, new Uint8Array(0), slotStartMs(20)), ACCEPT)
  }
})

test('whatever the bytes, a verdict comes and nothing is thrown', () => {
  const names = GOSSIP_KINDS.flatMap((kind) => gossipNamesOfKind(kind, 'fulu').slice(0, 1))
  const time = fc.integer({ min: -5 * slotsPerEpoch, max: 50 * slotsPerEpoch })
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.uint8Array({ maxLength: 300 }), time, (name, bytes, slot) => {
      const { action } = judge(name, bytes, slotStartMs(slot))
      assert.ok(['accept', 'ignore', 'reject'].includes(action))
    }),
  )
})

test('what is accepted is never ahead of the clock by more than the disparity', () => {
  fc.assert(
    fc.property(fc.nat({ max: 200 }), fc.nat({ max: 200 * NETWORK.slotDurationMs }), (slot, sinceGenesisMs) => {
      const now = slotStartMs(0) + sinceGenesisMs
      if (judge('beacon_attestation_0', attestation(slot), now).action !== 'accept') return
      assert.ok(slotStartMs(slot) - now <= 500)
    }),
  )
})

test('every kind that is judged by its slot has one that can be read', () => {
  const windowed = GOSSIP_KINDS.filter((kind) => slotWindow(kind) !== undefined)
  assert.deepEqual(windowed, [
    'beacon_block',
    'beacon_aggregate_and_proof',
    'beacon_attestation',
    'sync_committee_contribution_and_proof',
    'sync_committee',
    'blob_sidecar',
    'data_column_sidecar',
    'execution_payload',
    'payload_attestation_message',
  ])
})
