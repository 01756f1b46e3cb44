/** Blocks as they came to us, and who sent them first. */
import type { PeerIdStr } from '../shared/ids.ts'

export interface FirstBlockSenderView {
  readonly peer_id: PeerIdStr
  readonly count: number
}

/** A block as it came to us, slots ascending. */
export interface ArrivalView {
  readonly slot: number
  readonly block_root: string
  readonly proposer_index: number
  /** First propagation source. */
  readonly first_peer_id: PeerIdStr
  readonly client: string
  readonly rtt_ms: number
  readonly arrived_unix_ms: number
  readonly ms_into_slot: number
  /** Copies that came after the first one, from how many peers. */
  readonly later_peers: number
}
