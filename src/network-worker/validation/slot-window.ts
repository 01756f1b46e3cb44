import type { GossipKind } from '../../consensus/topic-table.ts'

/** How far a sender's clock may be ahead of ours (reference/p2p.md A2.3). */
export const MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS = 500

/** How old, in slots, a message of a kind may be. */
export type SlotWindow =
  | { readonly unit: 'slots'; readonly back: number }
  | { readonly unit: 'epochs'; readonly back: number }

/** A block or sidecar of the last two epochs: the life of a gossip message id (seen_ttl), so later is a replay. */
const RECENT_BLOCK: SlotWindow = { unit: 'epochs', back: 2 }
/** Current or previous epoch: attestations since Deneb (EIP-7045). */
const RECENT_VOTE: SlotWindow = { unit: 'epochs', back: 1 }
/** Sync messages and payload votes are of the current slot; one slot of grace for the way through the network. */
const CURRENT_SLOT: SlotWindow = { unit: 'slots', back: 1 }

/** The window of a kind, undefined for kinds that carry no slot to judge by. */
export function slotWindow(kind: GossipKind): SlotWindow | undefined {
  switch (kind) {
    case 'beacon_block':
    case 'blob_sidecar':
    case 'data_column_sidecar':
    case 'execution_payload':
      return RECENT_BLOCK
    case 'beacon_attestation':
    case 'beacon_aggregate_and_proof':
      return RECENT_VOTE
    case 'sync_committee':
    case 'sync_committee_contribution_and_proof':
    case 'payload_attestation_message':
      return CURRENT_SLOT
    default:
      return undefined
  }
}
