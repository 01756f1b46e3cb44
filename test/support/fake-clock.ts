import type { Clock } from '../../src/shared/clock.ts'

interface Timer {
  readonly id: number
  dueMs: number
  readonly periodMs: number | undefined
  readonly run: () => void
}

/** A clock that stands still until `advance` is called; timers then run in order of their due time. */
export class FakeClock implements Clock {
  #wallMs: number
  #monotonicMs = 0
  #nextId = 1
  readonly #timers = new Map<number, Timer>()

  constructor(startMs = 0) {
    this.#wallMs = startMs
  }

  nowMs(): number {
    return this.#wallMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  after(delayMs: number, run: () => void): Disposable {
    return this.#add(delayMs, undefined, run)
  }

  every(periodMs: number, run: () => void): Disposable {
    return this.#add(periodMs, periodMs, run)
  }

  /** Timers that wait: a test that ends with more than it began with has found a leak. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves time on by `ms`, running every timer that falls due, those the timers themselves add included. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#moveTo(next.dueMs)
      if (next.periodMs === undefined) this.#timers.delete(next.id)
      else next.dueMs += next.periodMs
      next.run()
    }
    this.#moveTo(endMs)
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs
    this.#monotonicMs = monotonicMs
  }

  #next(endMs: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers.values()) {
      if (timer.dueMs <= endMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer
    }
    return first
  }

  #add(delayMs: number, periodMs: number | undefined, run: () => void): Disposable {
    const id = this.#nextId++
    this.#timers.set(id, { id, dueMs: this.#monotonicMs + Math.max(0, delayMs), periodMs, run })
    return { [Symbol.dispose]: () => void this.#timers.delete(id) }
  }
}
