import type { MsgIdStr } from '../../../shared/ids.ts'
import type { Incoming } from '../../gossip/topic-rules.ts'

/** A message that is to be judged. */
export interface JudgedMessage {
  /** Lent until its judge has answered. */
  readonly ssz: Uint8Array
  /** Bytes of it. */
  readonly sszBytes: number
  readonly msgId: MsgIdStr
  readonly incoming: Incoming
}
