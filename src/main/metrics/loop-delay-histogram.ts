import { Histogram, type Registry } from 'prom-client'
import { LOOP_DELAY_BOUNDS_MS, type LoopDelayView } from '../../shared/loop-delay.ts'
import type { ThreadOfProcess } from './process-metrics.ts'

export const LOOP_DELAY_NAME = 'starling_process_event_loop_delay_seconds'
export const LOOP_DELAY_HELP = 'How late the event loop came to a timer, read five times a second, by thread.'

type Label = 'thread' | 'le'

interface Line {
  readonly metricName: string
  readonly labels: Readonly<Partial<Record<Label, string | number>>>
  readonly value: number
}

/** A histogram of readings that were counted elsewhere: the library's own takes them only one by one. */
export class LoopDelayHistogram extends Histogram<Label> {
  #threads: readonly ThreadOfProcess[] = []

  constructor(registry: Registry) {
    const buckets = LOOP_DELAY_BOUNDS_MS.map(seconds)
    super({ name: LOOP_DELAY_NAME, help: LOOP_DELAY_HELP, labelNames: ['thread'], buckets, registers: [] })
    registry.registerMetric(this)
  }

  set(threads: readonly ThreadOfProcess[]): void {
    this.#threads = threads
  }

  /** Where the library's registry reads a histogram; the library's types leave it out. */
  async getForPromString(): Promise<object> {
    const values = this.#threads.flatMap(({ thread, load }) => lines(thread, load.loopDelay))
    return { name: LOOP_DELAY_NAME, help: LOOP_DELAY_HELP, type: 'histogram', values }
  }
}

function seconds(ms: number): number {
  return ms / 1000
}

function lines(thread: string, { count, sumMs, counts }: LoopDelayView): readonly Line[] {
  const bucket = (le: number | string, value: number): Line => ({
    metricName: `${LOOP_DELAY_NAME}_bucket`,
    labels: { thread, le },
    value,
  })
  return [
    ...LOOP_DELAY_BOUNDS_MS.map((bound, index) => bucket(seconds(bound), counts[index] ?? 0)),
    bucket('+Inf', count),
    { metricName: `${LOOP_DELAY_NAME}_sum`, labels: { thread }, value: seconds(sumMs) },
    { metricName: `${LOOP_DELAY_NAME}_count`, labels: { thread }, value: count },
  ]
}
