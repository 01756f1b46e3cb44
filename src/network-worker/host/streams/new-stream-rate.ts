import type { Clock } from '../../../shared/clock.ts'

/**
 * Streams that one peer may open in a second: twice what it may have open at once. At a connect it opens a dozen, and what it asks
 * for later has quotas far below. Each costs a look at the protocols and two timers, even one that is reset right behind.
 */
export const MAX_NEW_STREAMS_PER_SECOND = 512
const WINDOW_MS = 1000

/** Counts the streams that the other side of one connection opens. */
export class NewStreamRate {
  readonly #clock: Clock
  #windowStartMs = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns false when it is one too many */
  admit(): boolean {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs
      this.#count = 0
    }
    return ++this.#count <= MAX_NEW_STREAMS_PER_SECOND
  }
}
