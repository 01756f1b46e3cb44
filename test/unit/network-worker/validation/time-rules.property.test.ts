/** Rules of time, held against the functions of the specs in their own words: by the ms, not by slots. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { fuluBlock } from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { committeeAttestation, electraAggregate, singleAttestation, syncMessage } from './vote-values.ts'

const DISPARITY_MS = 500
const PROPAGATION_SLOTS = 32

/** Since genesis. */
function startMs(slot: number): number {
  return slot * ALL_FORKS.slotDurationMs
}

/** is_future_slot, and the first half of is_within_slot_range. */
function isFuture(slot: number, nowMs: number): boolean {
  return nowMs + DISPARITY_MS < startMs(slot)
}

function isWithinRange(slot: number, range: number, nowMs: number): boolean {
  return !isFuture(slot, nowMs) && !(startMs(slot + range + 1) + DISPARITY_MS < nowMs)
}

function isWithinEpoch(epoch: number, nowMs: number): boolean {
  return isWithinRange(epoch * SLOTS_PER_EPOCH, SLOTS_PER_EPOCH - 1, nowMs)
}

function epochOf(slot: number): number {
  return Math.floor(slot / SLOTS_PER_EPOCH)
}

/** True when the message is to be ignored for its time, and for no other reason. */
type IsUntimely = (slot: number, nowMs: number) => boolean

const notCurrentOrPreviousEpoch: IsUntimely = (slot, nowMs) =>
  isFuture(slot, nowMs) || !(isWithinEpoch(epochOf(slot), nowMs) || isWithinEpoch(epochOf(slot) + 1, nowMs))

const beyondPropagation: IsUntimely = (slot, nowMs) => !isWithinRange(slot, PROPAGATION_SLOTS, nowMs)
const notCurrentSlot: IsUntimely = (slot, nowMs) => !isWithinRange(slot, 0, nowMs)
const notCurrentOrNextSlot: IsUntimely = (slot, nowMs) =>
  !(isWithinRange(slot, 0, nowMs) || isWithinRange(slot - 1, 0, nowMs))

/** is_past_slot, and that the epoch before the proposal's has begun. */
const notPreferable: IsUntimely = (slot, nowMs) =>
  nowMs > startMs(slot) + DISPARITY_MS || isFuture((epochOf(slot) - 1) * SLOTS_PER_EPOCH, nowMs)

function bid(slot: number): Uint8Array {
  const value = ssz.gloas.SignedExecutionPayloadBid.defaultValue()
  value.message.slot = slot
  return ssz.gloas.SignedExecutionPayloadBid.serialize(value)
}

function preferences(slot: number): Uint8Array {
  const value = ssz.gloas.SignedProposerPreferences.defaultValue()
  value.message.proposalSlot = slot
  return ssz.gloas.SignedProposerPreferences.serialize(value)
}

function payloadVote(slot: number): Uint8Array {
  const value = ssz.gloas.PayloadAttestationMessage.defaultValue()
  value.data.slot = slot
  return ssz.gloas.PayloadAttestationMessage.serialize(value)
}

const single = (slot: number): Uint8Array => ssz.electra.SingleAttestation.serialize(singleAttestation(slot))
const ofCommittee = (slot: number): Uint8Array => ssz.phase0.Attestation.serialize(committeeAttestation(slot))
const aggregate = (slot: number): Uint8Array => ssz.electra.SignedAggregateAndProof.serialize(electraAggregate(slot))
const syncVote = (slot: number): Uint8Array => ssz.altair.SyncCommitteeMessage.serialize(syncMessage(slot))
const block = (slot: number): Uint8Array => ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(slot))

const SUBJECTS: readonly (readonly [GossipName, ForkName, (slot: number) => Uint8Array, IsUntimely])[] = [
  ['beacon_attestation_5', 'phase0', ofCommittee, beyondPropagation],
  ['beacon_attestation_5', 'capella', ofCommittee, beyondPropagation],
  ['beacon_attestation_5', 'deneb', ofCommittee, notCurrentOrPreviousEpoch],
  ['beacon_attestation_5', 'fulu', single, notCurrentOrPreviousEpoch],
  ['beacon_aggregate_and_proof', 'fulu', aggregate, notCurrentOrPreviousEpoch],
  ['sync_committee_0', 'fulu', syncVote, notCurrentSlot],
  ['beacon_block', 'fulu', block, isFuture],
  ['execution_payload_bid', 'gloas', bid, notCurrentOrNextSlot],
  ['payload_attestation_message', 'gloas', payloadVote, notCurrentSlot],
  ['proposer_preferences', 'gloas', preferences, notPreferable],
]

/** Slots from the message's to now: less than two epochs, so that no block is one of old. */
const SLOTS = 2 * SLOTS_PER_EPOCH - 1
/** What is told apart around the start of a slot, ms. */
const EDGES_MS = [-501, -500, 500, 501]
const moment = fc.integer({ min: -SLOTS * ALL_FORKS.slotDurationMs, max: SLOTS * ALL_FORKS.slotDurationMs })
/** Slots of any place in their epoch. */
const place = fc.nat(SLOTS_PER_EPOCH - 1)

for (const [topic, fork, make, isUntimely] of SUBJECTS) {
  test(`${topic} of ${fork}: in time or not as the specs say`, () => {
    const epochStart = slotOf(fork) - (slotOf(fork) % SLOTS_PER_EPOCH)
    const bytes = Array.from({ length: SLOTS_PER_EPOCH }, (_, slot) => make(epochStart + slot))
    const holdAt = (at: number, offsetMs: number): void => {
      const slot = epochStart + at
      const result = sceneAt(slot, offsetMs)
        .judgeOf(topic, fork)
        .examine(bytes[at] as Uint8Array)
      const expected = isUntimely(slot, startMs(slot) + offsetMs) ? 'ignore' : 'pass'
      assert.equal(result.action, expected, `${offsetMs} ms after slot ${at} of its epoch`)
    }
    for (const at of [0, 13, SLOTS_PER_EPOCH - 1]) {
      for (let slots = -SLOTS; slots <= SLOTS; slots++) {
        for (const edgeMs of EDGES_MS) holdAt(at, slots * ALL_FORKS.slotDurationMs + edgeMs)
      }
    }
    fc.assert(fc.property(place, moment, holdAt), { numRuns: 300 })
  })
}
