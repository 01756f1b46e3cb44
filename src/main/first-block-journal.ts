import type { Clock } from '../shared/clock.ts'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_FIRST_BLOCK_SENDERS } from '../shared/limits.ts'
import type { Logger } from '../shared/logger.ts'
import type { FirstBlockSendersStore, StoredFirstSender } from '../storage/first-block-senders-store.ts'

/** Nobody waits for these writes: a transaction a second is enough, however many blocks somebody sends. */
const WRITE_PERIOD_MS = 1_000

export interface FirstBlockJournalDeps {
  readonly store: Pick<FirstBlockSendersStore, 'add'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Writes down who sent blocks first, a second's at once. A crash loses a second's blocks; what cannot be written is
 * dropped with a warning: these are statistics.
 */
export class FirstBlockJournal {
  readonly #deps: FirstBlockJournalDeps
  /** In order of the last block; written as soon as there are as many as are kept. */
  readonly #waiting = new Map<PeerIdStr, StoredFirstSender>()
  #timer: Disposable | undefined
  #closed = false

  constructor(deps: FirstBlockJournalDeps) {
    this.#deps = deps
  }

  /** Counts a block for its first sender. */
  received(peerId: PeerIdStr): void {
    if (this.#closed) return
    const { clock } = this.#deps
    const count = (this.#waiting.get(peerId)?.count ?? 0) + 1
    this.#waiting.delete(peerId)
    this.#waiting.set(peerId, { peerId, count, lastAtMs: clock.nowMs() })
    if (this.#waiting.size >= MAX_FIRST_BLOCK_SENDERS) this.#write()
    else this.#timer ??= clock.after(WRITE_PERIOD_MS, () => this.#write())
  }

  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void {
    this.#write()
    this.#closed = true
  }

  #write(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#waiting.size === 0) return
    const senders = [...this.#waiting.values()]
    this.#waiting.clear()
    try {
      this.#deps.store.add(senders)
    } catch (err) {
      this.#deps.log.warn({ err, senders: senders.length }, 'first senders of blocks were not written')
    }
  }
}
