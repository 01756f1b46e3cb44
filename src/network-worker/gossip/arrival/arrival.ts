import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { FastId } from '../ids/fast-message-id.ts'
import type { TopicRules } from '../topics/topic-rules.ts'
import type { LaneItem } from './inbound-lane.ts'

/** A message that came, and what is known of its coming. */
export interface Arrival extends LaneItem {
  readonly from: PeerId
  readonly fromId: PeerIdStr
  readonly rules: TopicRules
  readonly message: RPC.Message
  readonly fastId: FastId
  /** Monotonic ms of its RPC. */
  readonly atMs: number
  /** Monotonic ms of the first bytes of its RPC: a large one is on the wire for a while. */
  readonly startedAtMs: number
  /** Who sent copies while it waited: they need none from us. Bounded by the peers we have. */
  copies: Set<PeerIdStr> | undefined
  /** Of these, how many have had it in their line of the lane, when there was no room for it in that of the first. */
  moves: number
}
