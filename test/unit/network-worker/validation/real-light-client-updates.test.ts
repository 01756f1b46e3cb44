import { BitArray } from '@chainsafe/ssz'
import { type altair, ssz } from '@lodestar/types'
import { REAL_FORKS, realNetwork } from '../../../support/real-objects.ts'
import { epochsAfter, holdRealCases, type RealCase, turned } from './real-objects-scene.ts'

const SYNC_COMMITTEE_SIZE = 512

/** What updates of both kinds have. */
type Update = Pick<altair.LightClientOptimisticUpdate, 'syncAggregate' | 'signatureSlot' | 'attestedHeader'>

/** @param dueMs when messages of the sync committee are due in a slot */
function updateCases(dueMs: number): readonly RealCase<Update>[] {
  return [
    { name: 'as it came', verdict: 'accept' },
    { name: 'the first byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    {
      name: '500 ms before its block is thought to be there',
      at: (_, { signatureSlot }) => [signatureSlot, dueMs - 500],
      verdict: 'accept',
    },
    { name: 'a ms earlier', at: (_, { signatureSlot }) => [signatureSlot, dueMs - 501], verdict: 'ignore too_early' },
    { name: 'later than two epochs', at: (slot) => [epochsAfter(slot, 3), 0], verdict: 'ignore past_slot' },
    {
      name: 'signed by nobody',
      change: ({ syncAggregate }) => (syncAggregate.syncCommitteeBits = BitArray.fromBitLen(SYNC_COMMITTEE_SIZE)),
      verdict: 'reject no_participants',
    },
    {
      name: 'signed in the slot that it is about',
      change: (value) => (value.signatureSlot = value.attestedHeader.beacon.slot),
      verdict: 'reject bad_slot',
    },
  ]
}

/** Those whose networks were captured for five epochs: there are no updates before there is finality. */
const FORKS = REAL_FORKS.filter((fork) => fork !== 'phase0').filter((fork) =>
  realNetwork(fork).objects.some(({ kind }) => kind === 'light_client_finality_update'),
)

for (const fork of FORKS) {
  const dueMs = Math.floor((3333 * realNetwork(fork).config.slotDurationMs) / 10_000)
  const optimistic = ssz[fork].LightClientOptimisticUpdate
  holdRealCases<Update>({ fork, kind: 'light_client_optimistic_update', type: optimistic }, updateCases(dueMs))
  const finality = { fork, kind: 'light_client_finality_update', type: ssz[fork].LightClientFinalityUpdate } as const
  holdRealCases<Update>(finality, updateCases(dueMs))
  holdRealCases<altair.LightClientFinalityUpdate>(finality, [
    {
      name: 'one bit of the finalized header',
      change: ({ finalizedHeader }) => (finalizedHeader.beacon.stateRoot = turned(finalizedHeader.beacon.stateRoot)),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'one bit of the branch',
      change: ({ finalityBranch }) => (finalityBranch[0] = turned(finalityBranch[0] ?? new Uint8Array(32))),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'another attested state',
      change: ({ attestedHeader }) => (attestedHeader.beacon.stateRoot = new Uint8Array(32)),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'a header that is finalized before it was made',
      change: ({ attestedHeader, finalizedHeader }) => (finalizedHeader.beacon.slot = attestedHeader.beacon.slot + 1),
      verdict: 'reject bad_slot',
    },
  ])
}
