import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type gloas, ssz } from '@lodestar/types'
import { commitments } from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { holdCases } from './verdict-cases.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
const EPOCH_MS = SLOTS_PER_EPOCH * SLOT_MS
/** From the start of a good message's slot back to that of its epoch. */
const INTO_EPOCH_MS = (slotOf('gloas') % SLOTS_PER_EPOCH) * SLOT_MS

function bid(slot: number): gloas.SignedExecutionPayloadBid {
  const value = ssz.gloas.SignedExecutionPayloadBid.defaultValue()
  const parents = { parentBlockHash: new Uint8Array(32).fill(0xaa), parentBlockRoot: new Uint8Array(32).fill(0xbb) }
  Object.assign(value.message, parents, { slot, builderIndex: 41, blobKzgCommitments: commitments(3) })
  return value
}

const bids = {
  topic: 'execution_payload_bid',
  fork: 'gloas',
  good: bid,
  serialize: (value: gloas.SignedExecutionPayloadBid) => ssz.gloas.SignedExecutionPayloadBid.serialize(value),
} as const

holdCases<gloas.SignedExecutionPayloadBid>(bids, [
  { name: 'a good one', verdict: 'accept' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: 'for the next slot', afterMs: -SLOT_MS, verdict: 'accept' },
  { name: 'for the next slot, 500 ms early', afterMs: -SLOT_MS - 500, verdict: 'accept' },
  { name: 'for the slot after the next', afterMs: -SLOT_MS - 501, verdict: 'ignore too_early' },
  { name: '500 ms after its slot', afterMs: SLOT_MS + 500, verdict: 'accept' },
  { name: '501 ms after its slot', afterMs: SLOT_MS + 501, verdict: 'ignore past_slot' },
  {
    name: 'a payment outside the protocol',
    change: ({ message }) => (message.executionPayment = 1n),
    verdict: 'reject bad_payment',
  },
  {
    name: '10 blobs',
    change: ({ message }) => (message.blobKzgCommitments = commitments(10)),
    verdict: 'reject too_many_blobs',
  },
  {
    name: 'of a proposer for himself',
    change: ({ message }) => (message.builderIndex = Number.POSITIVE_INFINITY),
    verdict: 'reject bad_index',
  },
  { name: 'builder 2^40', change: ({ message }) => (message.builderIndex = 2 ** 40), verdict: 'reject bad_index' },
])

function envelope(slot: number): gloas.SignedExecutionPayloadEnvelope {
  const value = ssz.gloas.SignedExecutionPayloadEnvelope.defaultValue()
  const { payload } = value.message
  value.message.builderIndex = Number.POSITIVE_INFINITY
  value.message.beaconBlockRoot = new Uint8Array(32).fill(0xcc)
  payload.extraData = Buffer.from('relay')
  payload.transactions = [new Uint8Array(1000), new Uint8Array(3)]
  payload.withdrawals = new Array(16).fill(ssz.capella.Withdrawal.defaultValue())
  payload.slotNumber = slot
  return value
}

const LEFT_SLOTS = 3 * SLOTS_PER_EPOCH - (slotOf('gloas') % SLOTS_PER_EPOCH)
const envelopes = {
  topic: 'execution_payload',
  fork: 'gloas',
  good: envelope,
  serialize: (value: gloas.SignedExecutionPayloadEnvelope) => ssz.gloas.SignedExecutionPayloadEnvelope.serialize(value),
} as const

holdCases<gloas.SignedExecutionPayloadEnvelope>(envelopes, [
  { name: 'a good one', verdict: 'accept' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  {
    name: '17 withdrawals',
    change: ({ message: { payload } }) => payload.withdrawals.push(ssz.capella.Withdrawal.defaultValue()),
    verdict: 'reject bad_layout',
  },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
  { name: 'two epochs old', afterMs: LEFT_SLOTS * SLOT_MS - 1, verdict: 'accept' },
  { name: 'older', afterMs: LEFT_SLOTS * SLOT_MS, verdict: 'ignore past_slot' },
])

function preferences(slot: number): gloas.SignedProposerPreferences {
  const value = ssz.gloas.SignedProposerPreferences.defaultValue()
  Object.assign(value.message, {
    proposalSlot: slot,
    validatorIndex: 12,
    dependentRoot: new Uint8Array(32).fill(0xdd),
  })
  return value
}

const preferenceTopic = {
  topic: 'proposer_preferences',
  fork: 'gloas',
  good: preferences,
  serialize: (value: gloas.SignedProposerPreferences) => ssz.gloas.SignedProposerPreferences.serialize(value),
} as const

holdCases<gloas.SignedProposerPreferences>(preferenceTopic, [
  { name: 'a good one', verdict: 'accept' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: '500 ms after its slot began', afterMs: 500, verdict: 'accept' },
  { name: '501 ms after its slot began', afterMs: 501, verdict: 'ignore past_slot' },
  { name: 'as soon as its proposer is known', afterMs: -INTO_EPOCH_MS - EPOCH_MS - 500, verdict: 'accept' },
  {
    name: 'before its proposer is known',
    afterMs: -INTO_EPOCH_MS - EPOCH_MS - 501,
    verdict: 'ignore too_early',
  },
  {
    name: 'validator 2^40',
    change: ({ message }) => (message.validatorIndex = 2 ** 40),
    verdict: 'reject bad_index',
  },
])

test('preferences pass before the fork that they are for', () => {
  const slot = slotOf('gloas') - (slotOf('gloas') % SLOTS_PER_EPOCH) - 3 * SLOTS_PER_EPOCH
  const bytes = ssz.gloas.SignedProposerPreferences.serialize(preferences(slot))
  const judge = sceneAt(slot - SLOTS_PER_EPOCH).judgeOf('proposer_preferences', 'gloas')
  assert.deepEqual(judge.examine(bytes), {
    action: 'pass',
    claim: { slot, per: 'slot', key: 'dd'.repeat(32) },
  })
})

test('bids are told apart by parent and builder, envelopes by block and builder', () => {
  const slot = slotOf('gloas')
  const scene = sceneAt(slot)
  const bidBytes = ssz.gloas.SignedExecutionPayloadBid.serialize(bid(slot))
  assert.deepEqual(scene.judgeOf('execution_payload_bid', 'gloas').examine(bidBytes), {
    action: 'pass',
    claim: { slot, per: 'slot', key: `${'aa'.repeat(32)}:${'bb'.repeat(32)}:41` },
  })
  const envelopeBytes = ssz.gloas.SignedExecutionPayloadEnvelope.serialize(envelope(slot))
  assert.deepEqual(scene.judgeOf('execution_payload', 'gloas').examine(envelopeBytes), {
    action: 'pass',
    claim: { slot, per: 'slot', key: `${'cc'.repeat(32)}:${2 ** 64}` },
  })
})
