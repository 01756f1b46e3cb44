/** Who wants to hear of copies of a message while it is verified. In: copies of any message. Out: those that are waited for. */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

export class CopyWatch {
  /** As many as wait for the thread that verifies signatures, which has bounds (verify/signature-thread.ts). */
  readonly #heard = new Map<MsgIdStr, (from: PeerIdStr) => void>()

  get size(): number {
    return this.#heard.size
  }

  /** Calls `onCopy` for each copy, until `remove`. No id is watched twice at a time. */
  add(msgId: MsgIdStr, onCopy: (from: PeerIdStr) => void): void {
    this.#heard.set(msgId, onCopy)
  }

  remove(msgId: MsgIdStr): void {
    this.#heard.delete(msgId)
  }

  /** A copy of any message came. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    if (this.#heard.size > 0) this.#heard.get(msgId)?.(from)
  }
}
