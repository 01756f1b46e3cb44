import type { Clock } from '../../../shared/clock.ts'

export interface BytePaceDeps {
  readonly clock: Clock
  readonly bytesPerSecond: number
  /** What may go at once after a pause. */
  readonly burstBytes: number
}

/** So many bytes a second for all who take of them, in the order in which they ask. Kept as one number. */
export class BytePace {
  readonly #deps: BytePaceDeps
  /** When all that was taken has gone at an even pace. */
  #paidAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: BytePaceDeps) {
    this.#deps = deps
  }

  /** Takes bytes, which may go after so many ms; 0 at once. */
  take(bytes: number): number {
    const { clock, bytesPerSecond, burstBytes } = this.#deps
    const nowMs = clock.monotonicMs()
    const fromMs = Math.max(this.#paidAtMs, nowMs - (1000 * burstBytes) / bytesPerSecond)
    this.#paidAtMs = fromMs + (1000 * bytes) / bytesPerSecond
    return Math.max(0, this.#paidAtMs - nowMs)
  }
}
