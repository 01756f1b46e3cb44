/** Who wants to hear of copies of a message while it is verified. In: copies of any message. Out: those that are waited for. */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

type OnCopy = (from: PeerIdStr) => void

export class CopyWatch {
  /** As many as wait for the thread that verifies signatures, which has bounds (verify/signature-thread.ts). */
  readonly #heard = new Map<MsgIdStr, OnCopy>()

  get size(): number {
    return this.#heard.size
  }

  /**
   * Calls `onCopy` for each copy, until `remove`. A message that came anew while it was verified, since there was no room
   * for it to wait, is watched for its second coming.
   */
  add(msgId: MsgIdStr, onCopy: OnCopy): void {
    this.#heard.set(msgId, onCopy)
  }

  /** Ends this watch, and no other of the same message. */
  remove(msgId: MsgIdStr, onCopy: OnCopy): void {
    if (this.#heard.get(msgId) === onCopy) this.#heard.delete(msgId)
  }

  /** A copy of any message came. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    if (this.#heard.size > 0) this.#heard.get(msgId)?.(from)
  }
}
