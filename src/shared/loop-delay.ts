import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Upper bounds of the buckets, ms: below the first nobody is harmed, and beyond the last a pause has minutes to explain. */
export const LOOP_DELAY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] as const
/**
 * The monitor's period. Its readings are the time between two of its turns, so that this is in each of them. Every turn
 * wakes a thread that may have nothing else to do, for which a core wakes too: twenty a second were a third of what a relay
 * without peers costs. Five are sixty readings a slot, and whatever holds a thread up for longer than a period is in one of them.
 */
const RESOLUTION_MS = 200
const NANOSECONDS_PER_MS = 1e6

/** Plain data; totals since the start. */
export interface LoopDelayView {
  readonly count: number
  readonly sumMs: number
  /** Readings of at most each of `LOOP_DELAY_BOUNDS_MS`. */
  readonly counts: readonly number[]
}

/** How late the event loop of the calling thread comes to a timer. */
export class LoopDelay {
  readonly #monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  /** The most that was told: a turn that comes early takes from the monitor's mean what the late one before it added. */
  #toldSumMs = 0
  /** Of what the monitor has been emptied of. */
  #before: LoopDelayView = { count: 0, sumMs: 0, counts: LOOP_DELAY_BOUNDS_MS.map(() => 0) }

  /** Idempotent, as is `stop`. */
  start(): void {
    this.#monitor.enable()
  }

  stop(): void {
    this.#monitor.disable()
  }

  view(): LoopDelayView {
    const { count } = this.#monitor
    const before = this.#before
    const meanMs = count === 0 ? 0 : this.#monitor.mean / NANOSECONDS_PER_MS
    const sumMs = before.sumMs + count * Math.max(0, meanMs - RESOLUTION_MS)
    this.#toldSumMs = Math.max(this.#toldSumMs, sumMs)
    return {
      count: before.count + count,
      sumMs: this.#toldSumMs,
      counts: LOOP_DELAY_BOUNDS_MS.map(
        (bound, at) => (before.counts[at] ?? 0) + readingsUpTo(this.#monitor, bound + RESOLUTION_MS),
      ),
    }
  }

  /** The longest delay since the last call, ms. For one caller. */
  takeLongestMs(): number {
    if (this.#monitor.count === 0) return 0
    const longestMs = Math.max(0, this.#monitor.max / NANOSECONDS_PER_MS - RESOLUTION_MS)
    this.#before = this.view()
    this.#monitor.reset()
    return longestMs
  }
}

/** The part of a histogram that tells values by rank, ns. */
export interface RankedReadings {
  readonly count: number
  percentile(percentile: number): number
}

/** How many readings are at most `ms`: the histogram tells only values by rank, so the rank is searched for. */
export function readingsUpTo(histogram: RankedReadings, ms: number): number {
  const { count } = histogram
  let low = 0
  let high = count
  while (low < high) {
    const rank = Math.ceil((low + high) / 2)
    if (histogram.percentile((100 * rank) / count) <= ms * NANOSECONDS_PER_MS) low = rank
    else high = rank - 1
  }
  return low
}
