/** What a thread knows of its own load: how late its event loop is, what collecting garbage took, its heap. */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

/** Upper bounds of the buckets, ms: below the first nobody is harmed, and beyond the last a pause has minutes to explain. */
export const LOOP_DELAY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] as const
/** The monitor's period. Its readings are the time between two of its turns, so that this is in each of them. */
const RESOLUTION_MS = 10
const NANOSECONDS_PER_MS = 1e6

/** perf_hooks' constants for kinds of collections (NODE_PERFORMANCE_GC_*), and what else V8 may come to have. */
const GC_KIND_OF: Readonly<Record<number, GcKind>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weak_callbacks' }
export const GC_KINDS = ['minor', 'major', 'incremental', 'weak_callbacks', 'other'] as const
export type GcKind = (typeof GC_KINDS)[number]

/** Plain data; totals since the thread's start. */
export interface ThreadLoadView {
  readonly loopDelay: {
    readonly count: number
    readonly sumMs: number
    /** Readings of at most each of `LOOP_DELAY_BOUNDS_MS`. */
    readonly counts: readonly number[]
  }
  readonly gc: Readonly<Record<GcKind, { readonly runs: number; readonly totalMs: number }>>
  readonly heapUsedBytes: number
  readonly heapLimitBytes: number
}

export class ThreadLoad {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  readonly #gc: Record<GcKind, { runs: number; totalMs: number }> = {
    minor: { runs: 0, totalMs: 0 },
    major: { runs: 0, totalMs: 0 },
    incremental: { runs: 0, totalMs: 0 },
    weak_callbacks: { runs: 0, totalMs: 0 },
    other: { runs: 0, totalMs: 0 },
  }
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const total = this.#gc[kindOf(entry)]
      total.runs++
      total.totalMs += entry.duration
    }
  })

  /** Counts for the thread that calls it. Idempotent. */
  start(): void {
    this.#delay.enable()
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  stop(): void {
    this.#delay.disable()
    this.#observer.disconnect()
  }

  view(): ThreadLoadView {
    const heap = getHeapStatistics()
    const { count } = this.#delay
    return {
      loopDelay: {
        count,
        sumMs: count === 0 ? 0 : count * Math.max(0, this.#delay.mean / NANOSECONDS_PER_MS - RESOLUTION_MS),
        counts: LOOP_DELAY_BOUNDS_MS.map((bound) => readingsUpTo(this.#delay, bound + RESOLUTION_MS)),
      },
      gc: structuredClone(this.#gc),
      heapUsedBytes: heap.used_heap_size,
      heapLimitBytes: heap.heap_size_limit,
    }
  }
}

/** What the type of an entry leaves out of those of collections. */
function kindOf(entry: object): GcKind {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? Number(detail.kind) : 0
  return GC_KIND_OF[kind] ?? 'other'
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
