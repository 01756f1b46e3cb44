/** Event-loop delay of the relay's threads over a window: the difference of two readings of its Prometheus page. */
import { type Family, parseMetrics } from '../../test/support/metrics-text.ts'

const FAMILY = 'starling_process_event_loop_delay_seconds'
/** A relay under load answers late, but a window that ended is soon over with. */
const TIMEOUT_MS = 10_000

export interface LoopDelay {
  readonly p99Ms: number
  /** Upper bound of the bucket that the longest one is in. */
  readonly maxMs: number
}

/** One thread's histogram: readings of at most each bound, the last of which is infinite. */
export interface DelayBuckets {
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
  readonly sumMs: number
}

export type DelaysByThread = ReadonlyMap<string, DelayBuckets>

/** @throws Error when the page does not come in time or is no page of metrics */
export async function readLoopDelays(metricsUrl: string): Promise<DelaysByThread> {
  const answer = await fetch(metricsUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`GET ${metricsUrl}: ${answer.status}`)
  return delaysByThread(parseMetrics(await answer.text()))
}

function delaysByThread(families: readonly Family[]): DelaysByThread {
  const series = families.find(({ name }) => name === FAMILY)?.series ?? []
  const groups = Map.groupBy(series, ({ labels }) => labels['thread'] ?? '')
  return new Map(
    [...groups].map(([thread, all]) => {
      const buckets = all.filter(({ name }) => name === `${FAMILY}_bucket`)
      const sumSeconds = all.find(({ name }) => name === `${FAMILY}_sum`)?.value ?? 0
      return [thread, { ...bucketsOf(buckets), sumMs: sumSeconds * 1000 }]
    }),
  )
}

function bucketsOf(buckets: Family['series']): Pick<DelayBuckets, 'boundsMs' | 'counts'> {
  return {
    boundsMs: buckets.map(({ labels: { le } }) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) * 1000)),
    counts: buckets.map(({ value }) => value),
  }
}

/** What came between two readings; undefined when nothing did. */
export function delayBetween(from: DelayBuckets | undefined, to: DelayBuckets): LoopDelay | undefined {
  const counts = to.counts.map((count, bucket) => Math.max(0, count - (from?.counts[bucket] ?? 0)))
  const total = counts.at(-1) ?? 0
  if (total === 0) return undefined
  // No delay is longer than all together: a bound for what is beyond the last one.
  const longestMs = Math.max(to.sumMs - (from?.sumMs ?? 0), to.boundsMs.at(-2) ?? 0)
  const bounds = to.boundsMs.map((bound) => (Number.isFinite(bound) ? bound : longestMs))
  return { p99Ms: quantile(bounds, counts, 0.99 * total), maxMs: bounds[bucketOf(counts, total)] ?? longestMs }
}

function bucketOf(counts: readonly number[], rank: number): number {
  return counts.findIndex((count) => count >= rank)
}

/** As Prometheus' histogram_quantile: readings are taken to be spread evenly within their bucket. */
function quantile(bounds: readonly number[], counts: readonly number[], rank: number): number {
  const bucket = bucketOf(counts, rank)
  const [upper = 0, lower = 0] = [bounds[bucket], bounds[bucket - 1]]
  const [atMost = 0, below = 0] = [counts[bucket], counts[bucket - 1]]
  return atMost === below ? upper : lower + ((upper - lower) * (rank - below)) / (atMost - below)
}
