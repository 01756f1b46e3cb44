import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type bellatrix, type deneb, type fulu, type gloas, ssz } from '@lodestar/types'
import type { ForkName, NetworkConfig } from '../../../../src/consensus/network-config.ts'
import {
  type AnyBlock,
  bellatrixBlock,
  commitments,
  denebBlock,
  fuluBlock,
  gloasBlock,
  PROPOSER,
  phase0Block,
} from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { type CaseSubject, holdCases, type VerdictCase } from './verdict-cases.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
/** Slots up to the end of the second epoch after that of a good block. */
const LEFT_SLOTS = 3 * SLOTS_PER_EPOCH - (slotOf('fulu') % SLOTS_PER_EPOCH)
const FULU_EPOCH = ALL_FORKS.forks.find(({ name }) => name === 'fulu')?.epoch ?? Number.NaN
const TWELVE_BLOBS: NetworkConfig = { ...ALL_FORKS, blobSchedule: [{ epoch: FULU_EPOCH, maxBlobsPerBlock: 12 }] }
/** Slot 869 begins 1,303.5 s after genesis. */
const HALF_SECONDS: NetworkConfig = { ...ALL_FORKS, slotDurationMs: 1500 }

const common: readonly VerdictCase<AnyBlock>[] = [
  { name: 'a good one', verdict: 'accept' },
  { name: 'nothing', damage: () => new Uint8Array(0), verdict: 'reject bad_layout' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: 'a message that begins late', damage: (bytes) => bytes.fill(101, 0, 1), verdict: 'reject bad_layout' },
  { name: '500 ms early', afterMs: -500, verdict: 'accept' },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
  { name: 'slot 2^64 - 1', damage: (bytes) => bytes.fill(0xff, 100, 108), verdict: 'ignore future_slot' },
  { name: 'slot 0', change: ({ message }) => (message.slot = 0), verdict: 'ignore finalized_slot' },
  { name: 'two epochs old', afterMs: LEFT_SLOTS * SLOT_MS - 1, verdict: 'accept' },
  { name: 'older', afterMs: LEFT_SLOTS * SLOT_MS, verdict: 'ignore past_slot' },
  { name: 'proposer 2^40 - 1', change: ({ message }) => (message.proposerIndex = 2 ** 40 - 1), verdict: 'accept' },
  { name: 'proposer 2^40', change: ({ message }) => (message.proposerIndex = 2 ** 40), verdict: 'reject bad_index' },
  { name: 'proposer 2^64 - 1', damage: (bytes) => bytes.fill(0xff, 108, 116), verdict: 'reject bad_index' },
]

function subject<Block>(
  fork: ForkName,
  good: (slot: number) => Block,
  type: { serialize(value: Block): Uint8Array },
): CaseSubject<Block> {
  return { topic: 'beacon_block', fork, good, serialize: (value) => type.serialize(value) }
}

holdCases(subject('phase0', phase0Block, ssz.phase0.SignedBeaconBlock), common)

const bellatrixBlocks = subject('bellatrix', bellatrixBlock, ssz.bellatrix.SignedBeaconBlock)
const EMPTY = ssz.bellatrix.ExecutionPayload.defaultValue()
holdCases<bellatrix.SignedBeaconBlock>(bellatrixBlocks, [
  ...common,
  { name: 'before the merge', change: ({ message }) => (message.body.executionPayload = EMPTY), verdict: 'accept' },
  {
    name: 'a payload of a time and nothing else',
    change: ({ message }) => {
      const { timestamp } = message.body.executionPayload
      message.body.executionPayload = { ...EMPTY, timestamp }
    },
    verdict: 'accept',
  },
  {
    name: 'a payload without a time',
    change: ({ message }) => (message.body.executionPayload.timestamp = 0),
    verdict: 'reject bad_timestamp',
  },
  {
    name: 'a payload of extra data and nothing else',
    change: ({ message }) => (message.body.executionPayload = { ...EMPTY, extraData: new Uint8Array(1) }),
    verdict: 'reject bad_timestamp',
  },
])

holdCases<deneb.SignedBeaconBlock>(subject('deneb', denebBlock, ssz.deneb.SignedBeaconBlock), [
  ...common,
  { name: '6 blobs', change: ({ message }) => (message.body.blobKzgCommitments = commitments(6)), verdict: 'accept' },
  {
    name: '7 blobs',
    change: ({ message }) => (message.body.blobKzgCommitments = commitments(7)),
    verdict: 'reject too_many_blobs',
  },
  {
    name: 'no payload, which only Bellatrix allows',
    change: ({ message }) => (message.body.executionPayload = ssz.deneb.ExecutionPayload.defaultValue()),
    verdict: 'reject bad_timestamp',
  },
])

holdCases<fulu.SignedBeaconBlock>(subject('fulu', fuluBlock, ssz.fulu.SignedBeaconBlock), [
  ...common,
  {
    name: 'a payload of a second later',
    change: ({ message }) => message.body.executionPayload.timestamp++,
    verdict: 'reject bad_timestamp',
  },
  {
    name: 'a payload of a second earlier',
    change: ({ message }) => message.body.executionPayload.timestamp--,
    verdict: 'reject bad_timestamp',
  },
  {
    name: 'a slot that begins between two seconds has the time of the first',
    network: HALF_SECONDS,
    change: ({ message }) => (message.body.executionPayload.timestamp = HALF_SECONDS.genesisTimeSeconds + 1303),
    verdict: 'accept',
  },
  {
    name: 'a slot that begins between two seconds, the time of the second',
    network: HALF_SECONDS,
    change: ({ message }) => (message.body.executionPayload.timestamp = HALF_SECONDS.genesisTimeSeconds + 1304),
    verdict: 'reject bad_timestamp',
  },
  { name: '9 blobs', change: ({ message }) => (message.body.blobKzgCommitments = commitments(9)), verdict: 'accept' },
  {
    name: '10 blobs',
    change: ({ message }) => (message.body.blobKzgCommitments = commitments(10)),
    verdict: 'reject too_many_blobs',
  },
  {
    name: '12 blobs, by the blob schedule',
    network: TWELVE_BLOBS,
    change: ({ message }) => (message.body.blobKzgCommitments = commitments(12)),
    verdict: 'accept',
  },
  {
    name: '13 blobs, by the blob schedule',
    network: TWELVE_BLOBS,
    change: ({ message }) => (message.body.blobKzgCommitments = commitments(13)),
    verdict: 'reject too_many_blobs',
  },
])

holdCases<gloas.SignedBeaconBlock>(subject('gloas', gloasBlock, ssz.gloas.SignedBeaconBlock), [
  ...common,
  {
    name: '10 blobs in the bid',
    change: ({ message }) => (message.body.signedExecutionPayloadBid.message.blobKzgCommitments = commitments(10)),
    verdict: 'reject too_many_blobs',
  },
  {
    name: 'a bid for another parent',
    change: ({ message }) => (message.body.signedExecutionPayloadBid.message.parentBlockRoot = new Uint8Array(32)),
    verdict: 'reject bad_parent',
  },
  {
    name: 'a deposit',
    change: ({ message }) => (message.body.deposits = [ssz.phase0.Deposit.defaultValue()]),
    verdict: 'reject bad_layout',
  },
  {
    name: '17 withdrawal requests of the parent',
    change: ({ message }) => {
      const request = ssz.electra.WithdrawalRequest.defaultValue()
      message.body.parentExecutionRequests.withdrawals = new Array(17).fill(request)
    },
    verdict: 'reject bad_layout',
  },
])

const BOUNDARY_SLOT = FULU_EPOCH * SLOTS_PER_EPOCH

test('around a fork blocks pass on the topic of their slot only', () => {
  const scene = sceneAt(BOUNDARY_SLOT, 100)
  const last = ssz.electra.SignedBeaconBlock.serialize(fuluBlock(BOUNDARY_SLOT - 1))
  const first = ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(BOUNDARY_SLOT))
  const verdicts = [last, first].map((block) =>
    (['electra', 'fulu'] as const).map((fork) => scene.judgeOf('beacon_block', fork).judgeUnverified(block)),
  )
  const other = { action: 'ignore', reason: 'other_digest' }
  const accept = { action: 'accept' }
  assert.deepEqual(verdicts, [
    [accept, other],
    [other, accept],
  ])
})

test('what passed names the proposer, whose signature is to be checked, and claims the slot for him', () => {
  const slot = slotOf('fulu')
  const block = ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(slot))
  assert.deepEqual(sceneAt(slot, 100).judgeOf('beacon_block', 'fulu').examine(block), {
    action: 'pass',
    claim: { slot, per: 'slot', key: PROPOSER },
    proposer: { slot, proposerIndex: PROPOSER },
  })
})
