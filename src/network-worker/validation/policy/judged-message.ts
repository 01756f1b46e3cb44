import type { MsgIdStr } from '../../../shared/ids.ts'
import type { Incoming } from '../../gossip/topics/topic-rules.ts'

/** A message that is to be judged. */
export interface JudgedMessage {
  /** Lent until its judge has answered; its length can still be asked after that. */
  readonly ssz: Uint8Array
  readonly msgId: MsgIdStr
  readonly incoming: Incoming
}
