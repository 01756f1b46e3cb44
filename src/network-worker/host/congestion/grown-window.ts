/** What TCP sends at first, and after a silence, before it has an answer: ten segments of 1,448 bytes (RFC 6928 §2, RFC 5681 §4.1). */
export const FIRST_FLIGHT_BYTES = 10 * 1_448
/** What comes or goes within this came or went as one; shorter than the way to and from all but the nearest peers. */
const FLIGHT_MS = 20
/**
 * What comes at once of a block when nothing holds it back: most of the 68 kB that one of 120 kB is on the wire.
 * What comes in one flight less may have been cut by the window.
 */
export const WIDE_FLIGHT_BYTES = 48 * 1_024
/**
 * So long a window is kept: fifty slots of mainnet, in which most peers of the block's mesh are the first with one once, and
 * the others are asked for some (peers/window-growth.ts).
 */
export const KEPT_MS = 600_000

/**
 * What the congestion window of one direction must be like, judged by what passed: more than the first flight at once means that
 * TCP has grown it, or does so now.
 */
export class GrownWindow {
  #usedAtMs = Number.NEGATIVE_INFINITY
  #grownAtMs = Number.NEGATIVE_INFINITY
  #wideAtMs = Number.NEGATIVE_INFINITY
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
    if (this.#flightBytes > WIDE_FLIGHT_BYTES) this.#wideAtMs = nowMs
    return true
  }

  /** True while there is something to keep. */
  isGrown(nowMs: number): boolean {
    return nowMs - this.#grownAtMs < KEPT_MS
  }

  /** True while there is room for a block, as far as what passed shows. */
  isWide(nowMs: number): boolean {
    return nowMs - this.#wideAtMs < KEPT_MS
  }
}
