import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { type altair, ssz } from '@lodestar/types'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import { hashPair } from '../../../../src/demo/merkle.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { holdCases, type VerdictCase } from './verdict-cases.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
const COMMITTEE_SIZE = 512
/** Two thirds of a committee and one more, as 512 is no multiple of three. */
const SUPERMAJORITY = 342

/** What updates of all forks have. */
interface AnyUpdate {
  attestedHeader: { beacon: altair.LightClientHeader['beacon'] }
  syncAggregate: altair.SyncAggregate
  signatureSlot: number
}

interface AnyFinalityUpdate extends AnyUpdate {
  finalizedHeader: AnyUpdate['attestedHeader']
  finalityBranch: Uint8Array[]
}

interface UpdateType<Update> {
  defaultValue(): Update
  serialize(value: Update): Uint8Array
}

function participation(count: number): BitArray {
  const bits = BitArray.fromBitLen(COMMITTEE_SIZE)
  for (let bit = 0; bit < count; bit++) bits.set(bit, true)
  return bits
}

/** Signed in `slot`, about the block of the slot before. */
function optimisticUpdate<Update extends AnyUpdate>(type: UpdateType<Update>, slot: number): Update {
  const value = type.defaultValue()
  value.attestedHeader.beacon.slot = slot - 1
  value.attestedHeader.beacon.proposerIndex = 17
  value.syncAggregate.syncCommitteeBits = participation(SUPERMAJORITY)
  value.signatureSlot = slot
  return value
}

/** Gives the attested header a state in which `leaf` is the finalized root, which is the 42nd of 64, and so on. */
function proveFinality(value: AnyFinalityUpdate, leaf: Uint8Array): void {
  const indexInLevel: Readonly<Record<number, number>> = { 6: 105 % 64, 7: 169 % 128, 9: 735 % 512 }
  const depth = value.finalityBranch.length
  value.finalityBranch = value.finalityBranch.map((_, level) => new Uint8Array(32).fill(level + 1))
  let node = leaf
  for (const [level, sibling] of value.finalityBranch.entries()) {
    const isRight = (((indexInLevel[depth] ?? Number.NaN) >> level) & 1) === 1
    node = isRight ? hashPair(sibling, node) : hashPair(node, sibling)
  }
  value.attestedHeader.beacon.stateRoot = node
}

function finalityUpdate<Update extends AnyFinalityUpdate>(type: UpdateType<Update>, slot: number): Update {
  const value = optimisticUpdate(type, slot)
  value.finalizedHeader.beacon.slot = slot - 2 * SLOTS_PER_EPOCH
  value.finalizedHeader.beacon.parentRoot = new Uint8Array(32).fill(8)
  proveFinality(value, ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.finalizedHeader.beacon))
  return value
}

/** Of 2 s: a third, floored to the ms, and from Gloas on a quarter. */
const DUE_MS: Readonly<Partial<Record<ForkName, number>>> = { altair: 666, capella: 666, fulu: 666, gloas: 500 }

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
  holdCases<Optimistic>(
    {
      topic: 'light_client_optimistic_update',
      fork,
      good: (slot) => optimisticUpdate(optimistic, slot),
      serialize: (value) => optimistic.serialize(value),
    },
    whenDue(common(fork)),
  )
  holdCases<Finality>(
    {
      topic: 'light_client_finality_update',
      fork,
      good: (slot) => finalityUpdate(final, slot),
      serialize: (value) => final.serialize(value),
    },
    whenDue([...common(fork), ...finality]),
  )
}

holdBoth('altair', ssz.altair)
holdBoth('capella', ssz.capella)
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
