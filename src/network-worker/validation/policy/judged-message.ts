import type { MsgIdStr } from '../../../shared/ids.ts'
import type { Incoming } from '../../gossip/topic-rules.ts'

/** A message that is to be judged. */
export interface JudgedMessage {
  readonly ssz: Uint8Array
  readonly msgId: MsgIdStr
  readonly incoming: Incoming
}
