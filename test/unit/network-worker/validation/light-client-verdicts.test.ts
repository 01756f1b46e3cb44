import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import {
  type AnyFinalityUpdate,
  type AnyHeader,
  type AnyUpdate,
  finalityUpdate,
  optimisticUpdate,
  participation,
  proveFinality,
  SUPERMAJORITY,
  type UpdateType,
} from './light-client-values.ts'
import { holdCases, type VerdictCase } from './verdict-cases.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs

/** Of 2 s: a third, floored to the ms, and from Gloas on a quarter. */
const DUE_MS: Readonly<Partial<Record<ForkName, number>>> = {
  altair: 666,
  capella: 666,
  deneb: 666,
  fulu: 666,
  gloas: 500,
}

/** What holds for both updates; they come when half of the slot is over, if nothing else is said. */
function common(fork: ForkName): VerdictCase<AnyUpdate>[] {
  const dueMs = DUE_MS[fork] ?? Number.NaN
  const leftSlots = 3 * SLOTS_PER_EPOCH - (slotOf(fork) % SLOTS_PER_EPOCH)
  return [
    { name: 'a good one', verdict: 'accept' },
    { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    { name: '500 ms before it is due', afterMs: dueMs - 500, verdict: 'accept' },
    { name: '501 ms before it is due', afterMs: dueMs - 501, verdict: 'ignore too_early' },
    { name: 'two epochs old', afterMs: leftSlots * SLOT_MS - 1, verdict: 'accept' },
    { name: 'older', afterMs: leftSlots * SLOT_MS, verdict: 'ignore past_slot' },
    {
      name: 'nobody took part',
      change: ({ syncAggregate }) => (syncAggregate.syncCommitteeBits = participation(0)),
      verdict: 'reject no_participants',
    },
    {
      name: 'one took part',
      change: ({ syncAggregate }) => (syncAggregate.syncCommitteeBits = participation(1)),
      verdict: 'accept',
    },
    {
      name: 'signed in the slot of the block',
      change: ({ attestedHeader, signatureSlot }) => (attestedHeader.beacon.slot = signatureSlot),
      verdict: 'reject bad_slot',
    },
  ]
}

const finality: readonly VerdictCase<AnyFinalityUpdate>[] = [
  {
    name: 'finalized after the attested slot',
    change: ({ finalizedHeader, attestedHeader }) => (finalizedHeader.beacon.slot = attestedHeader.beacon.slot + 1),
    verdict: 'reject bad_slot',
  },
  {
    name: 'another finalized header',
    change: ({ finalizedHeader }) => finalizedHeader.beacon.slot--,
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'another state',
    change: ({ attestedHeader }) => (attestedHeader.beacon.stateRoot = new Uint8Array(32)),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'a branch in another order',
    change: (value) => value.finalityBranch.reverse(),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'no finality at all',
    change: (value) => {
      value.finalizedHeader.beacon = ssz.phase0.BeaconBlockHeader.defaultValue()
      value.finalityBranch = value.finalityBranch.map(() => new Uint8Array(32))
    },
    verdict: 'accept',
  },
  {
    name: 'a finalized header without a branch',
    change: (value) => (value.finalityBranch = value.finalityBranch.map(() => new Uint8Array(32))),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'genesis, which has a zero root',
    change: (value) => {
      value.finalizedHeader.beacon = ssz.phase0.BeaconBlockHeader.defaultValue()
      proveFinality(value, new Uint8Array(32))
    },
    verdict: 'accept',
  },
  {
    name: 'a header of genesis, whose place is empty',
    change: (value) => {
      value.finalizedHeader.beacon.slot = 0
      proveFinality(value, ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.finalizedHeader.beacon))
    },
    verdict: 'reject bad_inclusion_proof',
  },
]

function otherPayload(header: AnyHeader): void {
  const blockHash = new Uint8Array(32).fill(0xee)
  if (header.execution !== undefined) header.execution.blockHash = blockHash
  if (header.executionBlockHash !== undefined) header.executionBlockHash = blockHash
}

/** Since Capella: what a header says of the execution is in its block. */
function ofExecution<Update extends AnyUpdate>(
  which: string,
  headerOf: (value: Update) => AnyHeader,
): VerdictCase<Update>[] {
  return [
    {
      name: `${which} with another payload`,
      change: (value) => otherPayload(headerOf(value)),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: `${which} with a branch in another order`,
      change: (value) => headerOf(value).executionBranch?.reverse(),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: `${which} with another body`,
      change: (value) => headerOf(value).beacon.bodyRoot.fill(1),
      verdict: 'reject bad_inclusion_proof',
    },
  ]
}

function whenDue<Update>(cases: readonly VerdictCase<Update>[]): VerdictCase<Update>[] {
  return cases.map((each) => ({ afterMs: SLOT_MS / 2, ...each }))
}

function holdBoth<Optimistic extends AnyUpdate, Finality extends AnyFinalityUpdate>(
  fork: ForkName,
  types: {
    readonly LightClientOptimisticUpdate: UpdateType<Optimistic>
    readonly LightClientFinalityUpdate: UpdateType<Finality>
  },
): void {
  const { LightClientOptimisticUpdate: optimistic, LightClientFinalityUpdate: final } = types
  const hasExecution = fork !== 'altair'
  const attested = hasExecution ? ofExecution<AnyUpdate>('an attested header', (value) => value.attestedHeader) : []
  const finalized = hasExecution
    ? ofExecution<AnyFinalityUpdate>('a finalized header', (value) => value.finalizedHeader)
    : []
  holdCases<Optimistic>(
    {
      topic: 'light_client_optimistic_update',
      fork,
      good: (slot) => optimisticUpdate(optimistic, slot),
      serialize: (value) => optimistic.serialize(value),
    },
    whenDue([...common(fork), ...attested]),
  )
  holdCases<Finality>(
    {
      topic: 'light_client_finality_update',
      fork,
      good: (slot) => finalityUpdate(final, slot),
      serialize: (value) => final.serialize(value),
    },
    whenDue([...common(fork), ...finality, ...attested, ...finalized]),
  )
}

holdBoth('altair', ssz.altair)
holdBoth('capella', ssz.capella)
holdBoth('deneb', ssz.deneb)
holdBoth('fulu', ssz.fulu)
holdBoth('gloas', ssz.gloas)

test('an update is of the digest of the block it attests to, though signed after the fork', () => {
  const slot = slotOf('fulu') - (slotOf('fulu') % SLOTS_PER_EPOCH) - 3 * SLOTS_PER_EPOCH
  const scene = sceneAt(slot, SLOT_MS / 2)
  const type = ssz.electra.LightClientOptimisticUpdate
  const bytes = type.serialize(optimisticUpdate(type, slot))
  const verdicts = (['electra', 'fulu'] as const).map((fork) =>
    scene.judgeOf('light_client_optimistic_update', fork).judgeUnverified(bytes),
  )
  assert.deepEqual(verdicts, [{ action: 'accept' }, { action: 'ignore', reason: 'other_digest' }])
})

test('a supermajority for a finalized slot is told apart from fewer', () => {
  const slot = slotOf('fulu')
  const judge = sceneAt(slot, SLOT_MS / 2).judgeOf('light_client_finality_update', 'fulu')
  const type = ssz.fulu.LightClientFinalityUpdate
  const claims = [SUPERMAJORITY, SUPERMAJORITY - 1].map((members) => {
    const value = finalityUpdate(type, slot)
    value.syncAggregate.syncCommitteeBits = participation(members)
    const result = judge.examine(type.serialize(value))
    return result.action === 'pass' ? result.claim : undefined
  })
  const finalized = slot - 2 * SLOTS_PER_EPOCH
  assert.deepEqual(claims, [
    { slot: slot - 1, per: 'epoch', key: `${finalized}:supermajority` },
    { slot: slot - 1, per: 'epoch', key: `${finalized}:minority` },
  ])
})

/** The verdict on an update of the sixth slot of `fork` that finalizes a block of the fork before. */
function verdictAcross<Update extends AnyFinalityUpdate>(
  fork: ForkName,
  type: UpdateType<Update>,
  change: (finalized: AnyHeader) => void,
): string {
  const slot = slotOf(fork) - 3 * SLOTS_PER_EPOCH
  const value = finalityUpdate(type, slot)
  change(value.finalizedHeader)
  proveFinality(value, ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.finalizedHeader.beacon))
  const judge = sceneAt(slot, SLOT_MS / 2).judgeOf('light_client_finality_update', fork)
  const verdict = judge.judgeUnverified(type.serialize(value))
  return verdict.action === 'accept' ? 'accept' : verdict.reason
}

test('a finalized header of a fork with other payload headers has been made to fit, and is not held against its own', () => {
  assert.equal(verdictAcross('capella', ssz.capella.LightClientFinalityUpdate, otherPayload), 'accept')
  assert.equal(verdictAcross('deneb', ssz.deneb.LightClientFinalityUpdate, otherPayload), 'accept')
  assert.equal(verdictAcross('gloas', ssz.gloas.LightClientFinalityUpdate, otherPayload), 'accept')
})

test('a finalized header of an older fork with the same payload headers is proven as any', () => {
  for (const [fork, type] of [
    ['electra', ssz.electra.LightClientFinalityUpdate],
    ['fulu', ssz.fulu.LightClientFinalityUpdate],
  ] as const) {
    assert.equal(
      verdictAcross(fork, type, () => {}),
      'accept',
    )
    assert.equal(verdictAcross(fork, type, otherPayload), 'bad_inclusion_proof')
  }
})

test('what is proven lies where the library has it', () => {
  const gindexOf = (type: { getPathInfo(path: string[]): { gindex: bigint } }, ...path: string[]): bigint =>
    type.getPathInfo(path).gindex
  const bodies = [ssz.capella.BeaconBlockBody, ssz.deneb.BeaconBlockBody, ssz.fulu.BeaconBlockBody]
  for (const body of bodies) assert.equal(gindexOf(body, 'executionPayload'), 25n)
  const bid = ['signedExecutionPayloadBid', 'message', 'parentBlockHash']
  assert.equal(gindexOf(ssz.gloas.BeaconBlockBody, ...bid), 2856n)
  const finalized = ['finalizedCheckpoint', 'root']
  for (const { BeaconState } of [ssz.altair, ssz.deneb]) assert.equal(gindexOf(BeaconState, ...finalized), 105n)
  for (const { BeaconState } of [ssz.electra, ssz.fulu]) assert.equal(gindexOf(BeaconState, ...finalized), 169n)
  assert.equal(gindexOf(ssz.gloas.BeaconState, ...finalized), 735n)
})
