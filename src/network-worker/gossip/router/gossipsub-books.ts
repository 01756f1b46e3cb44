/** What gossipsub keeps of messages, as far as this project reads it or has put its own in its place. */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

/** What upstream's score asks of its book of recent messages. */
export interface DeliveryBook {
  /** Who has sent a copy of a message, beside the first who did. */
  getRecord(msgId: MsgIdStr): { readonly peers: { has(peerId: PeerIdStr): boolean } } | undefined
  ensureRecord(msgId: MsgIdStr): unknown
  gc(): void
  clear(): void
}

/** Messages that peers announced and were asked for. */
export interface PromiseTracer {
  /** When each is overdue, Unix ms, by message and peer. */
  readonly promises: Map<MsgIdStr, Map<PeerIdStr, number>>
  /** Those overdue are taken off as they are told, by peer. */
  getBrokenPromises(): Map<PeerIdStr, number>
  deliverMessage(msgId: MsgIdStr, isDuplicate?: boolean): void
  rejectMessage(msgId: MsgIdStr, reason: 'ignore' | 'reject'): void
  /** Forgets all promises. */
  clear(): void
}

/** Recent messages by heartbeat: `history` has one window a heartbeat, the first `gossip` of them are advertised. */
export interface MessageCache {
  gossip: number
  history: unknown[][]
  readonly msgs: Map<MsgIdStr, unknown>
  /** Begins a window, and forgets what is in the last one. */
  shift(): void
}

/** What gossipsub asks of its cache of seen ids. */
export interface SeenCache {
  has(id: MsgIdStr): boolean
  put(id: MsgIdStr): boolean
  prune(): void
  clear(): void
  readonly size: number
}

/** What gossipsub asks of its cache from fast ids to ids, beside the look-ups that are ours. */
export interface FastIdCache {
  prune(): void
  clear(): void
  readonly size: number
}
