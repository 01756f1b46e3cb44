/** What TCP sends at first, and after a silence, before it has an answer: ten segments of 1,448 bytes (RFC 6928 §2, RFC 5681 §4.1). */
export const FIRST_FLIGHT_BYTES = 10 * 1_448
/** What comes or goes within this came or went as one; shorter than the way to and from all but the nearest peers. */
const FLIGHT_MS = 20
/** So long a window is kept: ten slots of mainnet, in one of which a peer of the block's or a column's mesh has something long. */
export const KEPT_MS = 120_000

/**
 * What the congestion window of one direction must be like, judged by what passed: more than the first flight at once means that
 * TCP has grown it, or does so now.
 */
export class GrownWindow {
  #usedAtMs = Number.NEGATIVE_INFINITY
  #grownAtMs = Number.NEGATIVE_INFINITY
  #flightSinceMs = Number.NEGATIVE_INFINITY
  #flightBytes = 0

  /** When bytes last passed, monotonic ms. */
  get usedAtMs(): number {
    return this.#usedAtMs
  }

  /** Bytes pass. @returns true when the window grows by them */
  use(bytes: number, nowMs: number): boolean {
    this.#usedAtMs = nowMs
    if (nowMs - this.#flightSinceMs > FLIGHT_MS) {
      this.#flightSinceMs = nowMs
      this.#flightBytes = 0
    }
    this.#flightBytes += bytes
    if (this.#flightBytes <= FIRST_FLIGHT_BYTES) return false
    this.#grownAtMs = nowMs
    return true
  }

  /** True while there is something to keep. */
  isGrown(nowMs: number): boolean {
    return nowMs - this.#grownAtMs < KEPT_MS
  }
}
