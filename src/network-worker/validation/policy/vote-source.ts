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
 * A vote that was to be verified and names a validator that nobody told us of, though keys are known, weighs as much as so
 * many right ones, and a record ends when three of them in a row have come, or for long more than a quarter of all. With an
 * old list, which lacks a tenth of the validators, this happens to who is honest once in some hundred checks.
 */
const STRANGER_WEIGHT = 3
const MAX_STRANGENESS = 3 * STRANGER_WEIGHT
/** As often as that one peer's votes say how much the list of validators lacks: else whoever sends most would say it alone. */
const WITNESS_PERIOD_MS = 1000

export class VoteSource {
  #right = 0
  #strangeness = 0
  #suspectUntilMs = Number.NEGATIVE_INFINITY
  #dueAtMs = Number.NEGATIVE_INFINITY
  #left = 0
  #witnessAtMs = Number.NEGATIVE_INFINITY

  /** True when its votes may go on before they are verified. */
  get hasRecord(): boolean {
    return this.#right === VOTES_OF_RECORD
  }

  /** True for a while after one of its votes was forged, or too many of them of nobody who is known. */
  isSuspect(nowMs: number): boolean {
    return nowMs < this.#suspectUntilMs
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

  /** True when a vote of its may say whether the list has its signer; then for some time none may. */
  isWitness(nowMs: number): boolean {
    if (nowMs < this.#witnessAtMs) return false
    this.#witnessAtMs = nowMs + WITNESS_PERIOD_MS
    return true
  }

  /** One of its votes is right. Those of a suspect earn no record. */
  noteRight(nowMs: number): void {
    this.#strangeness = Math.max(0, this.#strangeness - 1)
    if (!this.isSuspect(nowMs)) this.#right = Math.min(VOTES_OF_RECORD, this.#right + 1)
  }

  /**
   * One of its votes names a validator that is not among those that we know.
   * @param suspectUntilMs until when it earns no record, should it have sent too many of them
   */
  noteStranger(suspectUntilMs: number): void {
    this.#strangeness += STRANGER_WEIGHT
    if (this.#strangeness < MAX_STRANGENESS) return
    this.forget()
    this.#suspectUntilMs = Math.max(this.#suspectUntilMs, suspectUntilMs)
  }

  /** One of its votes is forged: its record is gone, and it earns none until then. */
  noteForged(suspectUntilMs: number): void {
    this.forget()
    this.#suspectUntilMs = suspectUntilMs
  }

  /** It has no record any more, and may earn one again. */
  forget(): void {
    this.#right = 0
    this.#strangeness = 0
  }
}
