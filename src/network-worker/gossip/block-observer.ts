import type { ForkName } from '../../consensus/network-config.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'

/** A block that passed the checks; its receivers have it already. */
export interface AcceptedBlock {
  readonly msgId: MsgIdStr
  readonly fork: ForkName
  /** Compressed, as it came; lent for the call. */
  readonly data: Uint8Array
  /** Bound of the topic for the block without compression. */
  readonly maxSszBytes: number
  /** First propagation source. */
  readonly from: PeerIdStr
  /** Monotonic ms when the first bytes of its RPC reached us. */
  readonly atMs: number
  /** More speaks for it than the word of one peer: its signature, a second sender, or a peer of the operator's. */
  readonly isVouched: boolean
}

/** Told of blocks and of copies, in the turn of the message: implementations take note, and work later. */
export interface BlockObserver {
  onBlock(block: AcceptedBlock): void
  /** A copy of any message, not of blocks only. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void
}
