import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { ForkName, NetworkConfig } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { fuluBlock } from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt } from './judge-scene.ts'
import { optimisticUpdate } from './light-client-values.ts'
import { committeeAttestation, electraAggregate, singleAttestation, syncMessage } from './vote-values.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
const EPOCH_MS = SLOTS_PER_EPOCH * SLOT_MS
/** Begins with Fulu, as networks for tests do. */
const FULU: NetworkConfig = {
  ...ALL_FORKS,
  forks: ALL_FORKS.forks.map((fork) => ({ ...fork, epoch: fork.name === 'gloas' ? Number.POSITIVE_INFINITY : 0 })),
}

function vote(): Uint8Array {
  const value = singleAttestation(0)
  value.data.source.epoch = 0
  return ssz.electra.SingleAttestation.serialize(value)
}

function oldVote(): Uint8Array {
  const value = committeeAttestation(0)
  value.data.source.epoch = 0
  return ssz.phase0.Attestation.serialize(value)
}

function aggregate(): Uint8Array {
  const value = electraAggregate(0)
  value.message.aggregate.data.source.epoch = 0
  return ssz.electra.SignedAggregateAndProof.serialize(value)
}

/** Attests to a block which not all clients give the same body. */
function update(): Uint8Array {
  const value = optimisticUpdate(ssz.fulu.LightClientOptimisticUpdate, 1)
  value.attestedHeader.beacon.bodyRoot = new Uint8Array(32)
  return ssz.fulu.LightClientOptimisticUpdate.serialize(value)
}

function exit(epoch: number): Uint8Array {
  const value = ssz.phase0.SignedVoluntaryExit.defaultValue()
  value.message.epoch = epoch
  return ssz.phase0.SignedVoluntaryExit.serialize(value)
}

const block = (slot: number): Uint8Array => ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(slot))
const syncVote = ssz.altair.SyncCommitteeMessage.serialize(syncMessage(0))

interface Moment {
  readonly topic: GossipName
  readonly fork?: ForkName
  readonly bytes: Uint8Array
  /** Verdicts by the time that it comes, in ms since genesis. */
  readonly verdicts: Readonly<Record<number, string>>
}

const MOMENTS: Readonly<Record<string, Moment>> = {
  'a vote for slot 0': {
    topic: 'beacon_attestation_5',
    bytes: vote(),
    verdicts: {
      [-501]: 'ignore future_slot',
      [-500]: 'accept',
      0: 'accept',
      [2 * EPOCH_MS + 500]: 'accept',
      [2 * EPOCH_MS + 501]: 'ignore past_slot',
    },
  },
  'a vote for slot 0 of Phase 0': {
    topic: 'beacon_attestation_5',
    fork: 'phase0',
    bytes: oldVote(),
    verdicts: {
      [-501]: 'ignore future_slot',
      [-500]: 'accept',
      [33 * SLOT_MS + 500]: 'accept',
      [33 * SLOT_MS + 501]: 'ignore past_slot',
    },
  },
  'an aggregate for slot 0': {
    topic: 'beacon_aggregate_and_proof',
    bytes: aggregate(),
    verdicts: { [-501]: 'ignore future_slot', [-500]: 'accept', [2 * EPOCH_MS + 500]: 'accept' },
  },
  'a sync message of slot 0': {
    topic: 'sync_committee_1',
    bytes: syncVote,
    verdicts: {
      [-501]: 'ignore future_slot',
      [-500]: 'accept',
      [SLOT_MS + 500]: 'accept',
      [SLOT_MS + 501]: 'ignore past_slot',
    },
  },
  'the block of genesis': { topic: 'beacon_block', bytes: block(0), verdicts: { 0: 'ignore finalized_slot' } },
  'the first block': {
    topic: 'beacon_block',
    bytes: block(1),
    verdicts: { [SLOT_MS - 501]: 'ignore future_slot', [SLOT_MS - 500]: 'accept', [2 * EPOCH_MS]: 'accept' },
  },
  'an update about genesis': {
    topic: 'light_client_optimistic_update',
    bytes: update(),
    verdicts: { [SLOT_MS + 165]: 'ignore too_early', [SLOT_MS + 166]: 'accept' },
  },
  'an exit of epoch 0': {
    topic: 'voluntary_exit',
    bytes: exit(0),
    verdicts: { [-501]: 'ignore before_fork', [-500]: 'accept' },
  },
  'an exit of epoch 1': {
    topic: 'voluntary_exit',
    bytes: exit(1),
    verdicts: { 0: 'reject future_epoch', [EPOCH_MS - 501]: 'reject future_epoch', [EPOCH_MS - 500]: 'accept' },
  },
}

for (const [name, { topic, fork = 'fulu', bytes, verdicts }] of Object.entries(MOMENTS)) {
  test(`around genesis: ${name}`, () => {
    for (const [ms, expected] of Object.entries(verdicts)) {
      const network = fork === 'fulu' ? FULU : ALL_FORKS
      const verdict = sceneAt(0, Number(ms), { network }).judgeOf(topic, fork).judgeUnverified(bytes)
      const text = verdict.action === 'accept' ? 'accept' : `${verdict.action} ${verdict.reason}`
      assert.equal(text, expected, `${ms} ms`)
    }
  })
}
