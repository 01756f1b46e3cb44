/** What one peer's votes were found to be, and when the next of them is to be verified. Times are monotonic, in ms. */

/** True votes since the last forged one that make a record: few, since who echoes others' votes earns it as well. */
export const VOTES_OF_RECORD = 8
/**
 * Of who has a record one vote a second is verified on average, at moments that it cannot know: were they known, it would
 * send a true one then and forged ones in between.
 */
const CHECK_PERIOD_MS = 1000
const MIN_CHECK_PERIOD_MS = 250
/**
 * And one in 32 on average, in 64 at least, since a forger could send thousands in a second. Of the 3,000 messages a second
 * of all of mainnet's topics (reference/p2p.md A6) these are 90, of 20,000 in a burst 600; the thread does 1,500 and more.
 */
const MAX_UNCHECKED = 64
/**
 * Votes in a row that were to be verified and name a validator that nobody told us of, though keys are known. With an old
 * list, which lacks a tenth of the validators, this happens to who is honest once in a thousand checks.
 */
const MAX_STRANGERS = 3

export class VoteSource {
  #right = 0
  #strangers = 0
  #suspectUntilMs = Number.NEGATIVE_INFINITY
  #dueAtMs = Number.NEGATIVE_INFINITY
  #left = 0

  /** True when its votes may go on before they are verified. */
  get hasRecord(): boolean {
    return this.#right === VOTES_OF_RECORD
  }

  /** Counts a vote that goes on unverified. @returns true when it is to be verified, and until one is: see `check` */
  isDue(nowMs: number): boolean {
    this.#left--
    return this.#left <= 0 || nowMs >= this.#dueAtMs
  }

  /**
   * One is being verified: the next one is some time off.
   * @param random from 0 up to 1, anew each time
   */
  check(nowMs: number, random: () => number): void {
    const spreadMs = 2 * (CHECK_PERIOD_MS - MIN_CHECK_PERIOD_MS)
    this.#dueAtMs = nowMs + MIN_CHECK_PERIOD_MS + spreadMs * random()
    this.#left = 1 + Math.floor(MAX_UNCHECKED * random())
  }

  /** One of its votes is right. Those of a suspect earn no record. */
  noteRight(nowMs: number): void {
    this.#strangers = 0
    if (nowMs >= this.#suspectUntilMs) this.#right = Math.min(VOTES_OF_RECORD, this.#right + 1)
  }

  /** One of its votes names a validator that is not among those that we know. */
  noteStranger(): void {
    this.#strangers++
    if (this.#strangers >= MAX_STRANGERS) this.forget()
  }

  /** One of its votes is forged: its record is gone, and it earns none until then. */
  noteForged(suspectUntilMs: number): void {
    this.forget()
    this.#suspectUntilMs = suspectUntilMs
  }

  /** It has no record any more, and may earn one again. */
  forget(): void {
    this.#right = 0
    this.#strangers = 0
  }
}
