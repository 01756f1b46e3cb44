import type { ScoreBan } from '../rpc/access.ts'
import type { Clock } from '../shared/clock.ts'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_SCORE_BANS } from '../shared/limits.ts'
import type { Logger } from '../shared/logger.ts'
import type { ScoreBansStore } from '../storage/score-bans-store.ts'

/** Nobody waits for these writes: a transaction a second is enough, however many peers misbehave at once. */
const WRITE_PERIOD_MS = 1_000

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
  readonly #deps: ScoreBanJournalDeps
  /** The newest of each peer, null for a lifted one; written as soon as there are as many as may be banned at once. */
  readonly #waiting = new Map<PeerIdStr, ScoreBan | null>()
  #timer: Disposable | undefined
  #closed = false

  constructor(deps: ScoreBanJournalDeps) {
    this.#deps = deps
  }

  banned(ban: ScoreBan): void {
    this.#take(ban.peerId, ban)
  }

  lifted(peerId: PeerIdStr): void {
    this.#take(peerId, null)
  }

  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void {
    this.#write()
    this.#closed = true
  }

  #take(peerId: PeerIdStr, ban: ScoreBan | null): void {
    if (this.#closed) return
    this.#waiting.set(peerId, ban)
    if (this.#waiting.size >= MAX_SCORE_BANS) this.#write()
    else this.#timer ??= this.#deps.clock.after(WRITE_PERIOD_MS, () => this.#write())
  }

  #write(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#waiting.size === 0) return
    const bans = [...this.#waiting.values()].filter((ban) => ban !== null)
    const lifted = [...this.#waiting].filter(([, ban]) => ban === null).map(([peerId]) => peerId)
    this.#waiting.clear()
    try {
      this.#deps.store.apply(bans, lifted)
    } catch (err) {
      this.#deps.log.warn({ err, bans: bans.length, lifted: lifted.length }, 'score bans were not written')
    }
  }
}
