import type { MsgIdStr } from '../../../shared/ids.ts'

/** As many as may wait for other peers: more are not forgotten in the minute for which a fast id is known. */
const MAX_FORGOTTEN = 8192

/**
 * Ids of messages that are new when they come again, though the bytes of one may still be known by another encoding. The
 * oldest makes room: a copy in such other bytes is then a duplicate.
 */
export class ForgottenIds {
  readonly #ids = new Set<MsgIdStr>()

  /** Asked for each copy of any message. */
  has(msgId: MsgIdStr): boolean {
    return this.#ids.size > 0 && this.#ids.has(msgId)
  }

  add(msgId: MsgIdStr): void {
    this.#ids.add(msgId)
    const [oldest] = this.#ids
    if (this.#ids.size > MAX_FORGOTTEN && oldest !== undefined) this.#ids.delete(oldest)
  }

  /** It has come again. */
  delete(msgId: MsgIdStr): void {
    this.#ids.delete(msgId)
  }
}
