import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_FIRST_BLOCK_SENDERS } from '../../shared/limits.ts'
import type { Logger } from '../../shared/logger.ts'
import type { FirstBlockSendersStore, StoredFirstSender } from '../../storage/first-block-senders-store.ts'
import { WriteBehind } from './write-behind.ts'

export interface FirstBlockJournalDeps {
  readonly store: Pick<FirstBlockSendersStore, 'add'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Writes down who sent blocks first, a second's at once; they are told of a second late (stats/block-stats.ts). Both are
 * what a crash loses. What cannot be written is dropped with a warning: these are statistics.
 */
export class FirstBlockJournal {
  readonly #clock: Clock
  readonly #waiting: WriteBehind<StoredFirstSender>

  constructor({ store, clock, log }: FirstBlockJournalDeps) {
    this.#clock = clock
    this.#waiting = new WriteBehind({
      clock,
      maxWaiting: MAX_FIRST_BLOCK_SENDERS,
      write: (entries) => {
        try {
          store.add([...entries.values()])
        } catch (err) {
          log.warn({ err, senders: entries.size }, 'first senders of blocks were not written')
        }
      },
    })
  }

  /** Counts a block for its first sender. */
  received(peerId: PeerIdStr): void {
    const lastAtMs = this.#clock.nowMs()
    this.#waiting.take(peerId, (waiting) => ({ peerId, count: (waiting?.count ?? 0) + 1, lastAtMs }))
  }

  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void {
    this.#waiting.close()
  }
}
