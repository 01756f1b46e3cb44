import type { Clock } from '../../shared/clock.ts'

/** How often this thread shows that it runs. */
const BEAT_MS = 1000
/** A beat this late was held up: by a stopped process, a starved machine, or work of our own. */
const LATE_MS = 2000
/**
 * For how long after a stall what looks like a peer's fault may be ours: requests that were under way end within their
 * limits, 10 s at most, and whatever peers sent meanwhile is read all at once.
 */
const AFTERMATH_MS = 15_000

/**
 * Knows when this thread did not run. Time-outs then end requests whose answers lie unread, and pings that peers sent in
 * good order arrive as a burst: from every peer at once, none of them at fault.
 */
export class StallWatch {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'every'>
  #lastBeatMs: number | undefined
  #aftermathUntilMs = Number.NEGATIVE_INFINITY
  #timer: Disposable | undefined

  constructor(clock: Pick<Clock, 'monotonicMs' | 'every'>) {
    this.#clock = clock
  }

  start(): void {
    this.#lastBeatMs = this.#clock.monotonicMs()
    this.#timer = this.#clock.every(BEAT_MS, () => this.#beat())
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#lastBeatMs = undefined
  }

  /** True during a stall, when timers that were due before the beat already run, and in its aftermath. */
  isFelt(): boolean {
    const nowMs = this.#clock.monotonicMs()
    return this.#isLate(nowMs) || nowMs < this.#aftermathUntilMs
  }

  #beat(): void {
    const nowMs = this.#clock.monotonicMs()
    if (this.#isLate(nowMs)) this.#aftermathUntilMs = nowMs + AFTERMATH_MS
    this.#lastBeatMs = nowMs
  }

  #isLate(nowMs: number): boolean {
    return this.#lastBeatMs !== undefined && nowMs - this.#lastBeatMs >= BEAT_MS + LATE_MS
  }
}
