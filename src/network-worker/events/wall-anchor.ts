/**
 * Wall time in ns units from the monotonic clock.
 *
 * The system tells wall time in whole ms, rounded down, and the monotonic clock in µs. The difference of the two is
 * looked at often, and the greatest of a second, which is the one taken nearest behind the turn of a ms, is the anchor of
 * the next: between anchors time is as fine and as steady as the monotonic clock's.
 *
 * Error against the system's clock: below 1 ms, mostly a tenth of that, always to the early side, and what the system's
 * clock was slewed by in the second since the anchor (0.5 ms at the 500 ppm that NTP may slew by). A step of the clock is
 * followed within two seconds. How wrong the system's clock itself is comes on top and cannot be known here.
 */
import type { Clock } from '../../shared/clock.ts'

const ANCHOR_MS = 1_000
const NS_PER_MS = 1e6

export class WallAnchor {
  readonly #clock: Clock
  #offsetMs = 0
  #bestMs = 0
  #anchoredAtMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.restart()
  }

  /** Forgets the past, as after a time without samples: the clocks may have parted since. */
  restart(): void {
    this.#anchoredAtMs = this.#clock.monotonicMs()
    this.#offsetMs = this.#clock.nowMs() - this.#anchoredAtMs
    this.#bestMs = this.#offsetMs
  }

  /** To be called as often as is cheap; takes a new anchor once a second. */
  sample(): void {
    const atMs = this.#clock.monotonicMs()
    const offsetMs = this.#clock.nowMs() - atMs
    this.#bestMs = Math.max(this.#bestMs, offsetMs)
    if (atMs - this.#anchoredAtMs < ANCHOR_MS) return
    this.#offsetMs = this.#bestMs
    this.#bestMs = offsetMs
    this.#anchoredAtMs = atMs
  }

  /** Unix time in ns of a monotonic time of the recent past, ms. */
  unixNs(monotonicMs: number): bigint {
    const unixMs = this.#offsetMs + monotonicMs
    const wholeMs = Math.floor(unixMs)
    return BigInt(wholeMs) * BigInt(NS_PER_MS) + BigInt(Math.round((unixMs - wholeMs) * NS_PER_MS))
  }
}
