import { hash } from 'node:crypto'
import { BitArray } from '@chainsafe/ssz'
import { type altair, type electra, type phase0, ssz } from '@lodestar/types'
import { type ForkName, isForkAtLeast } from '../../../../src/consensus/network-config.ts'
import { REAL_FORKS } from '../../../support/real-objects.ts'
import { SLOTS_PER_EPOCH } from './judge-scene.ts'
import { epochsAfter, holdRealCases, type RealCase } from './real-objects-scene.ts'
import { selectionProof } from './vote-values.ts'

/** Of the captured networks: one committee a slot. */
const VALIDATORS = 64

/** What attestations and aggregates of all forks share, given how to come by the data. */
function dataCases<Value>(dataOf: (value: Value) => phase0.AttestationData): readonly RealCase<Value>[] {
  return [
    { name: 'as it came', verdict: 'accept' },
    { name: 'the first byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    { name: '500 ms before its slot', at: (slot) => [slot, -500], verdict: 'accept' },
    { name: '501 ms before its slot', at: (slot) => [slot, -501], verdict: 'ignore future_slot' },
    { name: 'two slots ahead', change: (value) => (dataOf(value).slot += 2), verdict: 'ignore future_slot' },
    {
      name: 'a target of the next epoch',
      change: (value) => dataOf(value).target.epoch++,
      verdict: 'reject bad_target_epoch',
    },
    {
      name: 'another head, which the signature is of',
      change: (value) => (dataOf(value).beaconBlockRoot = new Uint8Array(32)),
      verdict: 'accept',
    },
  ]
}

/** Until when votes may come: in phase 0 for 32 slots, from Deneb on until the end of the next epoch. */
const PAST_FROM_PHASE0: readonly RealCase<unknown>[] = [
  { name: '32 slots late', at: (slot) => [slot + SLOTS_PER_EPOCH + 1, 500], verdict: 'accept' },
  { name: 'a ms later', at: (slot) => [slot + SLOTS_PER_EPOCH + 1, 501], verdict: 'ignore past_slot' },
]
const PAST_FROM_DENEB: readonly RealCase<unknown>[] = [
  { name: 'at the end of the next epoch', at: (slot) => [epochsAfter(slot, 2), 500], verdict: 'accept' },
  { name: 'a ms later', at: (slot) => [epochsAfter(slot, 2), 501], verdict: 'ignore past_slot' },
]

function pastOf(fork: ForkName): readonly RealCase<unknown>[] {
  return isForkAtLeast(fork, 'deneb') ? PAST_FROM_DENEB : PAST_FROM_PHASE0
}

for (const fork of ['phase0', 'altair', 'bellatrix', 'capella', 'deneb'] as const) {
  holdRealCases<phase0.Attestation>({ fork, kind: 'beacon_attestation', type: ssz.phase0.Attestation }, [
    ...dataCases<phase0.Attestation>(({ data }) => data),
    ...pastOf(fork),
    {
      name: 'on another subnet than its committee has',
      topic: 'beacon_attestation_63',
      activeValidators: VALIDATORS,
      verdict: 'reject wrong_subnet',
    },
    { name: 'committee 64', change: ({ data }) => (data.index = 64), verdict: 'reject bad_committee' },
    {
      name: 'the second committee of one',
      change: ({ data }) => (data.index = 1),
      activeValidators: VALIDATORS,
      verdict: 'reject bad_committee',
    },
    {
      name: 'two votes in one',
      change: (value) => (value.aggregationBits = BitArray.fromBoolArray([true, true])),
      verdict: 'reject bad_bits',
    },
    {
      name: 'no vote',
      change: (value) => (value.aggregationBits = BitArray.fromBitLen(2)),
      verdict: 'reject bad_bits',
    },
    { name: 'bits without an end', damage: (bytes) => bytes.with(-1, 0), verdict: 'reject bad_layout' },
  ])
  holdRealCases<phase0.SignedAggregateAndProof>(
    { fork, kind: 'beacon_aggregate_and_proof', type: ssz.phase0.SignedAggregateAndProof },
    [
      ...aggregateCases<phase0.SignedAggregateAndProof>(),
      ...pastOf(fork),
      {
        name: 'committee 64',
        change: ({ message }) => (message.aggregate.data.index = 64),
        verdict: 'reject bad_committee',
      },
    ],
  )
}

for (const fork of ['electra', 'fulu'] as const) {
  holdRealCases<electra.SingleAttestation>({ fork, kind: 'beacon_attestation', type: ssz.electra.SingleAttestation }, [
    ...dataCases<electra.SingleAttestation>(({ data }) => data),
    ...pastOf(fork),
    {
      name: 'on another subnet than its committee has',
      topic: 'beacon_attestation_63',
      activeValidators: VALIDATORS,
      verdict: 'reject wrong_subnet',
    },
    { name: 'data of committee 1', change: ({ data }) => (data.index = 1), verdict: 'reject bad_data_index' },
    { name: 'committee 64', change: (value) => (value.committeeIndex = 64), verdict: 'reject bad_committee' },
    {
      name: 'the second committee of one',
      change: (value) => (value.committeeIndex = 1),
      activeValidators: VALIDATORS,
      verdict: 'reject bad_committee',
    },
    { name: 'attester 2^40', change: (value) => (value.attesterIndex = 2 ** 40), verdict: 'reject bad_index' },
    {
      name: 'the attestation of the forks before',
      damage: () => ssz.phase0.Attestation.serialize(ssz.phase0.Attestation.defaultValue()),
      verdict: 'reject bad_layout',
    },
  ])
  holdRealCases<electra.SignedAggregateAndProof>(
    { fork, kind: 'beacon_aggregate_and_proof', type: ssz.electra.SignedAggregateAndProof },
    [
      ...aggregateCases<electra.SignedAggregateAndProof>(),
      ...pastOf(fork),
      {
        name: 'data of committee 1',
        change: ({ message }) => (message.aggregate.data.index = 1),
        verdict: 'reject bad_data_index',
      },
      {
        name: 'two committees',
        change: ({ message }) => message.aggregate.committeeBits.set(63, true),
        verdict: 'reject bad_committee',
      },
      {
        name: 'no committee',
        change: ({ message }) => (message.aggregate.committeeBits = BitArray.fromBitLen(64)),
        verdict: 'reject bad_committee',
      },
    ],
  )
}

function aggregateCases<Value extends phase0.SignedAggregateAndProof>(): readonly RealCase<Value>[] {
  return [
    ...dataCases<Value>(({ message }) => message.aggregate.data),
    {
      name: 'aggregator 2^40',
      change: ({ message }) => (message.aggregatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
    {
      name: 'no participants',
      change: ({ message }) => (message.aggregate.aggregationBits = BitArray.fromBitLen(2)),
      verdict: 'reject no_participants',
    },
    {
      name: 'of a committee so large that its proof does not select it',
      change: ({ message }) => (message.aggregate.aggregationBits = unselected(message.selectionProof)),
      verdict: 'reject not_aggregator',
    },
  ]
}

/** Bits of a committee whose aggregator nobody of this proof is (is_aggregator, specs/phase0/validator.md). */
function unselected(proof: Uint8Array): BitArray {
  const number = hash('sha256', proof, 'buffer').readBigUInt64LE(0)
  let members = 32
  while (number % BigInt(members / 16) === 0n) members += 16
  return BitArray.fromSingleBit(members, 0)
}

for (const fork of REAL_FORKS.filter((name) => name !== 'phase0')) {
  const CURRENT_SLOT_ONLY: readonly RealCase<unknown>[] = [
    { name: 'as it came', verdict: 'accept' },
    { name: 'the first byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    { name: '500 ms before its slot', at: (slot) => [slot, -500], verdict: 'accept' },
    { name: '501 ms before its slot', at: (slot) => [slot, -501], verdict: 'ignore future_slot' },
    { name: '500 ms after its slot', at: (slot) => [slot + 1, 500], verdict: 'accept' },
    { name: '501 ms after its slot', at: (slot) => [slot + 1, 501], verdict: 'ignore past_slot' },
  ]
  holdRealCases<altair.SyncCommitteeMessage>({ fork, kind: 'sync_committee', type: ssz.altair.SyncCommitteeMessage }, [
    ...CURRENT_SLOT_ONLY,
    { name: 'two slots ahead', change: (value) => (value.slot += 2), verdict: 'ignore future_slot' },
    { name: 'two slots behind', change: (value) => (value.slot -= 2), verdict: 'ignore past_slot' },
    { name: 'validator 2^40', change: (value) => (value.validatorIndex = 2 ** 40), verdict: 'reject bad_index' },
  ])
  const contributions = {
    fork,
    kind: 'sync_committee_contribution_and_proof',
    type: ssz.altair.SignedContributionAndProof,
  } as const
  holdRealCases<altair.SignedContributionAndProof>(contributions, [
    ...CURRENT_SLOT_ONLY,
    {
      name: 'subcommittee 4',
      change: ({ message }) => (message.contribution.subcommitteeIndex = 4),
      verdict: 'reject bad_committee',
    },
    {
      name: 'no participants',
      change: ({ message }) => (message.contribution.aggregationBits = BitArray.fromBitLen(128)),
      verdict: 'reject no_participants',
    },
    {
      name: 'the proof of one who was not selected',
      change: ({ message }) => (message.selectionProof = selectionProof(128, false)),
      verdict: 'reject not_aggregator',
    },
    {
      name: 'aggregator 2^40',
      change: ({ message }) => (message.aggregatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
  ])
}
