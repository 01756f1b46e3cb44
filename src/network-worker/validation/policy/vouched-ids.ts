import type { MsgIdStr } from '../../../shared/ids.ts'

/** What is accepted passes in the same turn: more than a few are never waiting for that. */
const MAX_IDS = 64

/**
 * Messages that were accepted because something speaks for them (their signature, a second sender, a peer of the
 * operator's), for those who follow what passes and must choose. Each is asked for once.
 */
export class VouchedIds {
  readonly #ids = new Set<MsgIdStr>()

  add(msgId: MsgIdStr): void {
    this.#ids.add(msgId)
    const [oldest] = this.#ids
    if (this.#ids.size > MAX_IDS && oldest !== undefined) this.#ids.delete(oldest)
  }

  /** True when it was vouched for. */
  take(msgId: MsgIdStr): boolean {
    return this.#ids.delete(msgId)
  }
}
