/** What gossipsub's score keeps and does, as far as this project reads, calls or replaces it. */
import type { PeerScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import type { DeliveryBook } from './gossipsub-books.ts'

/** What a peer did in a topic, as far as new parameters concern it. */
export interface TopicCounters {
  firstMessageDeliveries: number
  meshMessageDeliveries: number
}

/** The rest of what gossipsub counts of a peer in a topic. */
export interface TopicScoreStats extends TopicCounters {
  readonly inMesh: boolean
  /** Unix ms. */
  graftTime: number
  /** ms, as of the last refresh; of the last time in the mesh when it is not in it now. */
  readonly meshTime: number
  readonly meshMessageDeliveriesActive: boolean
  readonly meshFailurePenalty: number
  readonly invalidMessageDeliveries: number
}

/** What gossipsub keeps of a peer for its score. */
export interface PeerScoreStats {
  connected: boolean
  /** Unix ms at which a peer that is gone is forgotten; 0 until it is gone. */
  expire: number
  knownIPs: Set<string>
  readonly topics: Readonly<Record<TopicStr, TopicScoreStats>>
  readonly behaviourPenalty: number
}

export interface GossipsubScore {
  readonly params: PeerScoreParams
  readonly peerStats: Map<PeerIdStr, PeerScoreStats>
  readonly scoreCache: Map<PeerIdStr, unknown>
  scoreCacheValidityMs: number
  score(peerId: PeerIdStr): number
  /** Once a decay interval: counters decay, records that were kept long enough go. */
  refreshScores(): void
  /** Ours to replace, right after construction. */
  deliveryRecords: DeliveryBook
  duplicateMessage(from: PeerIdStr, msgId: MsgIdStr, topic: TopicStr): void
  rejectInvalidMessage(from: PeerIdStr, topic: TopicStr): void
  /** `reason`: upstream's RejectReason, of which these two are verdicts. */
  rejectMessage(from: PeerIdStr, msgId: MsgIdStr, topic: TopicStr, reason: 'ignore' | 'reject'): void
  /** Makes the record of a message that is being judged. */
  validateMessage(msgId: MsgIdStr): void
  removePeer(peerId: PeerIdStr): void
  deliverMessage(from: PeerIdStr, msgId: MsgIdStr, topic: TopicStr): void
  /** Takes a peer off the count of an address (P6). */
  removeIP(peerId: PeerIdStr, ip: string): void
  /** A link is gone: what was missing in it is counted (P3b). */
  prune(peerId: PeerIdStr, topic: TopicStr): void
  addPenalty(peerId: PeerIdStr, penalty: number, label: string): void
}
