import { BitArray } from '@chainsafe/ssz'
import { type gloas, ssz } from '@lodestar/types'
import { ALL_FORKS, SLOTS_PER_EPOCH } from './judge-scene.ts'
import { holdCases, type VerdictCase } from './verdict-cases.ts'
import { contribution, selectionProof, syncMessage } from './vote-values.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs

/** When votes for one slot pass: in it, with the clocks' disparity on either side. */
const inTime = [
  { name: 'a good one', verdict: 'accept' },
  { name: '500 ms early', afterMs: -500, verdict: 'accept' },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
  { name: '500 ms after its slot', afterMs: SLOT_MS + 500, verdict: 'accept' },
  { name: '501 ms after its slot', afterMs: SLOT_MS + 501, verdict: 'ignore past_slot' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
] as const satisfies readonly VerdictCase<unknown>[]

for (const fork of ['altair', 'fulu'] as const) {
  const message = { topic: 'sync_committee_2', fork, good: syncMessage } as const
  holdCases({ ...message, serialize: (value) => ssz.altair.SyncCommitteeMessage.serialize(value) }, [
    ...inTime,
    { name: 'validator 2^40', change: (value) => (value.validatorIndex = 2 ** 40), verdict: 'reject bad_index' },
  ])
  const signed = { topic: 'sync_committee_contribution_and_proof', fork, good: contribution } as const
  holdCases({ ...signed, serialize: (value) => ssz.altair.SignedContributionAndProof.serialize(value) }, [
    ...inTime,
    {
      name: 'subcommittee 4',
      change: ({ message: { contribution: inner } }) => (inner.subcommitteeIndex = 4),
      verdict: 'reject bad_committee',
    },
    {
      name: 'nobody took part',
      change: ({ message: { contribution: inner } }) => (inner.aggregationBits = BitArray.fromBitLen(128)),
      verdict: 'reject no_participants',
    },
    {
      name: 'not selected',
      change: (value) => (value.message.selectionProof = selectionProof(128, false)),
      verdict: 'reject not_aggregator',
    },
    {
      name: 'aggregator 2^40',
      change: (value) => (value.message.aggregatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
  ])
}

// A slot of the fork before, which has topics of its own.
holdCases(
  {
    topic: 'sync_committee_2',
    fork: 'fulu',
    good: (slot) => syncMessage(slot - (slot % SLOTS_PER_EPOCH) - 3 * SLOTS_PER_EPOCH - 1),
    serialize: (value) => ssz.altair.SyncCommitteeMessage.serialize(value),
  },
  [
    {
      name: 'of the last slot before the fork',
      afterMs: -(3 * SLOTS_PER_EPOCH + 5 + 1) * SLOT_MS,
      verdict: 'ignore other_digest',
    },
  ],
)

function payloadAttestation(slot: number): gloas.PayloadAttestationMessage {
  const value = ssz.gloas.PayloadAttestationMessage.defaultValue()
  value.data.slot = slot
  value.validatorIndex = 12
  return value
}

holdCases(
  {
    topic: 'payload_attestation_message',
    fork: 'gloas',
    good: payloadAttestation,
    serialize: (value) => ssz.gloas.PayloadAttestationMessage.serialize(value),
  },
  [
    ...inTime,
    { name: 'validator 2^40', change: (value) => (value.validatorIndex = 2 ** 40), verdict: 'reject bad_index' },
    { name: 'a boolean of 2', damage: (bytes) => bytes.fill(2, 48, 49), verdict: 'reject bad_layout' },
  ],
)
