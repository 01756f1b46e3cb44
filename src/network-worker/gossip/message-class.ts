import type { GossipKind } from '../../consensus/topic-table.ts'

/**
 * What is dropped first for a peer that does not keep up, from the dearest to the cheapest: a block is the product, its
 * sidecars are needed to import it, and one attestation among thousands is not missed.
 */
export const MESSAGE_CLASSES = ['block', 'sidecar', 'other', 'attestation'] as const
export type MessageClass = (typeof MESSAGE_CLASSES)[number]
/** Those that are long and that every node waits for: in which order they leave, and what became of copies, is followed. */
export const LARGE_CLASSES = ['block', 'sidecar'] as const satisfies readonly MessageClass[]

export function isLargeClass(messageClass: MessageClass): boolean {
  return messageClass === 'block' || messageClass === 'sidecar'
}

/** The class of a kind of message. */
export function messageClass(kind: GossipKind): MessageClass {
  switch (kind) {
    case 'beacon_block':
    case 'execution_payload':
      return 'block'
    case 'data_column_sidecar':
    case 'blob_sidecar':
      return 'sidecar'
    case 'beacon_attestation':
    case 'sync_committee':
    case 'payload_attestation_message':
      return 'attestation'
    default:
      return 'other'
  }
}
