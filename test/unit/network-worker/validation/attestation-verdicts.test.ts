import { BitArray } from '@chainsafe/ssz'
import { type electra, type phase0, ssz } from '@lodestar/types'
import { ALL_FORKS, SLOTS_PER_EPOCH, slotOf } from './judge-scene.ts'
import { type CaseSubject, holdCases, type VerdictCase } from './verdict-cases.ts'
import { committeeAttestation, SUBNET, singleAttestation } from './vote-values.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
const TOPIC = `beacon_attestation_${SUBNET}` as const
const SINGLE: Omit<CaseSubject<electra.SingleAttestation>, 'fork'> = {
  topic: TOPIC,
  good: singleAttestation,
  serialize: (value) => ssz.electra.SingleAttestation.serialize(value),
}
/** Slots up to the end of the epoch after the one that the vote is of, and so the last that takes it. */
const LEFT_SLOTS = 2 * SLOTS_PER_EPOCH - (slotOf('fulu') % SLOTS_PER_EPOCH)
/** Enough for 64 committees a slot, whatever the number is worth. */
const MANY = 1_000_000

const common: readonly VerdictCase<electra.SingleAttestation>[] = [
  { name: 'a good one', verdict: 'accept' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: 'nothing', damage: () => new Uint8Array(0), verdict: 'reject bad_layout' },
  { name: 'committee 64', change: (value) => (value.committeeIndex = 64), verdict: 'reject bad_committee' },
  {
    name: 'a committee that the slot has not',
    activeValidators: 1000,
    topic: 'beacon_attestation_6',
    change: (value) => (value.committeeIndex = 1),
    verdict: 'reject bad_committee',
  },
  { name: 'its own subnet', activeValidators: MANY, verdict: 'accept' },
  { name: 'the next subnet', activeValidators: MANY, topic: 'beacon_attestation_6', verdict: 'reject wrong_subnet' },
  { name: 'another subnet, committees unknown', topic: 'beacon_attestation_6', verdict: 'accept' },
  {
    name: 'another subnet, committees uncertain',
    activeValidators: 262_144,
    topic: 'beacon_attestation_6',
    verdict: 'accept',
  },
  {
    name: 'the one committee of a slot, on its subnet',
    activeValidators: 1000,
    // Five slots into the epoch.
    change: (value) => (value.committeeIndex = 0),
    verdict: 'accept',
  },
  { name: '500 ms early', afterMs: -500, verdict: 'accept' },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
  { name: 'slot 2^64 - 1', damage: (bytes) => bytes.fill(0xff, 16, 24), verdict: 'ignore future_slot' },
  { name: 'at the end of the next epoch', afterMs: LEFT_SLOTS * SLOT_MS + 500, verdict: 'accept' },
  { name: 'after the end of the next epoch', afterMs: LEFT_SLOTS * SLOT_MS + 501, verdict: 'ignore past_slot' },
  { name: 'an older target', change: ({ data }) => data.target.epoch--, verdict: 'reject bad_target_epoch' },
  { name: 'a newer target', change: ({ data }) => data.target.epoch++, verdict: 'reject bad_target_epoch' },
  { name: 'attester 2^40 - 1', change: (value) => (value.attesterIndex = 2 ** 40 - 1), verdict: 'accept' },
  { name: 'attester 2^40', change: (value) => (value.attesterIndex = 2 ** 40), verdict: 'reject bad_index' },
]

for (const fork of ['electra', 'fulu', 'gloas'] as const) holdCases({ ...SINGLE, fork }, common)
for (const fork of ['electra', 'fulu'] as const) {
  holdCases({ ...SINGLE, fork }, [
    { name: 'data index 1', change: ({ data }) => (data.index = 1), verdict: 'reject bad_data_index' },
    {
      name: 'data index 2^63',
      damage: (bytes) => bytes.fill(0x80, 31, 32),
      verdict: 'reject bad_data_index',
    },
  ])
}
holdCases({ ...SINGLE, fork: 'gloas' }, [
  { name: 'data index 1: the payload was there', change: ({ data }) => (data.index = 1), verdict: 'accept' },
  { name: 'data index 2', change: ({ data }) => (data.index = 2), verdict: 'reject bad_data_index' },
])
/** From the good value's slot back to the last one of the fork before. */
const TO_LAST_FORK = (slotOf('fulu') % SLOTS_PER_EPOCH) + 3 * SLOTS_PER_EPOCH + 1
holdCases({ ...SINGLE, fork: 'fulu', good: (slot) => singleAttestation(slot - TO_LAST_FORK) }, [
  { name: 'of the fork before, in the first slot', afterMs: -TO_LAST_FORK * SLOT_MS, verdict: 'ignore other_digest' },
  { name: 'of the fork before, epochs later', verdict: 'ignore past_slot' },
])

const COMMITTEE: Omit<CaseSubject<phase0.Attestation>, 'fork'> = {
  topic: TOPIC,
  good: committeeAttestation,
  serialize: (value) => ssz.phase0.Attestation.serialize(value),
}

const ofCommittees: readonly VerdictCase<phase0.Attestation>[] = [
  { name: 'a good one', verdict: 'accept' },
  {
    name: 'no bit set',
    change: (value) => (value.aggregationBits = BitArray.fromBitLen(128)),
    verdict: 'reject bad_bits',
  },
  { name: 'two bits set', change: (value) => value.aggregationBits.set(12, true), verdict: 'reject bad_bits' },
  {
    name: 'no bits at all',
    change: (value) => (value.aggregationBits = BitArray.fromBitLen(0)),
    verdict: 'reject bad_bits',
  },
  { name: 'no sentinel', damage: (bytes) => bytes.fill(0, bytes.length - 1), verdict: 'reject bad_layout' },
  { name: 'committee 64', change: ({ data }) => (data.index = 64), verdict: 'reject bad_committee' },
  { name: 'the next subnet', activeValidators: MANY, topic: 'beacon_attestation_6', verdict: 'reject wrong_subnet' },
  { name: 'a newer target', change: ({ data }) => data.target.epoch++, verdict: 'reject bad_target_epoch' },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
]

for (const fork of ['phase0', 'capella', 'deneb'] as const) holdCases({ ...COMMITTEE, fork }, ofCommittees)
for (const fork of ['phase0', 'capella'] as const) {
  holdCases({ ...COMMITTEE, fork }, [
    { name: '32 slots later, to the end', afterMs: 33 * SLOT_MS + 500, verdict: 'accept' },
    { name: '33 slots later', afterMs: 33 * SLOT_MS + 501, verdict: 'ignore past_slot' },
  ])
}
holdCases({ ...COMMITTEE, fork: 'deneb' }, [
  { name: 'at the end of the next epoch (EIP-7045)', afterMs: LEFT_SLOTS * SLOT_MS + 500, verdict: 'accept' },
  { name: 'after the end of the next epoch', afterMs: LEFT_SLOTS * SLOT_MS + 501, verdict: 'ignore past_slot' },
])
