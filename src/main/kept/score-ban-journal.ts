import type { ScoreBan } from '../../rpc/access.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_SCORE_BANS } from '../../shared/limits.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ScoreBansStore } from '../../storage/score-bans-store.ts'
import { WriteBehind } from './write-behind.ts'

export interface ScoreBanJournalDeps {
  readonly store: Pick<ScoreBansStore, 'apply'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Writes down the bans by score that the network worker reports, a second's at once. What a crash loses is a second's
 * bans, of peers that will earn theirs again. What cannot be written is dropped with a warning, for the same reason.
 */
export class ScoreBanJournal {
  /** Null for a ban that was lifted. */
  readonly #waiting: WriteBehind<ScoreBan | null>

  constructor({ store, clock, log }: ScoreBanJournalDeps) {
    this.#waiting = new WriteBehind({
      clock,
      maxWaiting: MAX_SCORE_BANS,
      write: (entries) => {
        const bans = [...entries.values()].filter((ban) => ban !== null)
        const lifted = [...entries].filter(([, ban]) => ban === null).map(([peerId]) => peerId)
        try {
          store.apply(bans, lifted)
        } catch (err) {
          log.warn({ err, bans: bans.length, lifted: lifted.length }, 'score bans were not written')
        }
      },
    })
  }

  banned(ban: ScoreBan): void {
    this.#waiting.take(ban.peerId, () => ban)
  }

  lifted(peerId: PeerIdStr): void {
    this.#waiting.take(peerId, () => null)
  }

  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void {
    this.#waiting.close()
  }
}
