/** Slots of gossiped objects as @lodestar/types reads them, which owes nothing to the relay's own reading. */
import { ssz } from '@lodestar/types'
import type { ForkName } from '../../../src/consensus/network-config.ts'
import type { GossipKind } from '../../../src/consensus/topic-table.ts'

type SlotReader = (bytes: Uint8Array, fork: ForkName) => number

/** Of the kinds that have a slot and that clients of today send. */
const SLOT_READERS: Partial<Readonly<Record<GossipKind, SlotReader>>> = {
  beacon_block: (bytes, fork) => ssz[fork].SignedBeaconBlock.deserialize(bytes).message.slot,
  beacon_aggregate_and_proof: (bytes, fork) =>
    ssz[fork].SignedAggregateAndProof.deserialize(bytes).message.aggregate.data.slot,
  beacon_attestation: (bytes, fork) =>
    isBeforeElectra(fork)
      ? ssz.phase0.Attestation.deserialize(bytes).data.slot
      : ssz.electra.SingleAttestation.deserialize(bytes).data.slot,
  sync_committee: (bytes) => ssz.altair.SyncCommitteeMessage.deserialize(bytes).slot,
  sync_committee_contribution_and_proof: (bytes) =>
    ssz.altair.SignedContributionAndProof.deserialize(bytes).message.contribution.slot,
  blob_sidecar: (bytes) => ssz.deneb.BlobSidecar.deserialize(bytes).signedBlockHeader.message.slot,
  data_column_sidecar: (bytes) => ssz.fulu.DataColumnSidecar.deserialize(bytes).signedBlockHeader.message.slot,
}

function isBeforeElectra(fork: ForkName): boolean {
  return ['phase0', 'altair', 'bellatrix', 'capella', 'deneb'].includes(fork)
}

/** The slot that an object is about; undefined for operations and updates, which are rare and of no slot. */
export function slotOfObject(kind: GossipKind, fork: ForkName, bytes: Uint8Array): number | undefined {
  return SLOT_READERS[kind]?.(bytes, fork)
}
