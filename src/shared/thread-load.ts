/** What a thread knows of its own load: how late its event loop is, what collecting garbage took, its heap. */
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { LoopDelay, type LoopDelayView } from './loop-delay.ts'

/** perf_hooks' constants for kinds of collections (NODE_PERFORMANCE_GC_*), and what else V8 may come to have. */
const GC_KIND_OF: Readonly<Record<number, GcKind>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weak_callbacks' }
export const GC_KINDS = ['minor', 'major', 'incremental', 'weak_callbacks', 'other'] as const
export type GcKind = (typeof GC_KINDS)[number]

/** Plain data; totals since the thread's start. */
export interface ThreadLoadView {
  readonly loopDelay: LoopDelayView
  readonly gc: Readonly<Record<GcKind, { readonly runs: number; readonly totalMs: number }>>
  readonly heapUsedBytes: number
  readonly heapLimitBytes: number
}

export class ThreadLoad {
  readonly #delay = new LoopDelay()
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
    this.#delay.start()
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  stop(): void {
    this.#delay.stop()
    this.#observer.disconnect()
  }

  /** The longest delay of the event loop since the last call, ms. For one caller. */
  takeLongestDelayMs(): number {
    return this.#delay.takeLongestMs()
  }

  view(): ThreadLoadView {
    const heap = getHeapStatistics()
    return {
      loopDelay: this.#delay.view(),
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
