import type { GossipKind } from '../../consensus/topic-table.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { VerdictReason } from '../validation/verdict.ts'

/**
 * What a peer did wrong in gossip: it sent a message that we refused, one of a slot far ahead, or bytes that are no RPC
 * or too long a one; or it does not take what it is sent.
 */
export type GossipOffence =
  | { readonly kind: 'rejected'; readonly topicKind: GossipKind; readonly reason: VerdictReason }
  | { readonly kind: 'far_ahead' }
  | { readonly kind: 'bad_rpc' }
  | { readonly kind: 'slow' }

/** Told of each offence, trusted peers' included. Must not throw. */
export type OffenceObserver = (peerId: PeerIdStr, offence: GossipOffence) => void
