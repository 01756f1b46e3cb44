/** One metric as a row of a table: what it is called and means, and how to read it off what was collected. */
import type { MetricsView } from '../../rpc/metrics-view.ts'
import type { ThreadLoadView } from '../../shared/thread-load.ts'
import type { BeaconLinkView } from '../beacon-link.ts'

/** What one scrape collected, all of it at one moment. */
export interface Collected {
  /** Undefined while the network worker does not answer. */
  readonly worker: MetricsView | undefined
  readonly main: ThreadLoadView
  readonly process: ProcessView
  /** Undefined without a beacon node. */
  readonly beaconNode: BeaconLinkView | undefined
}

export interface ProcessView {
  readonly residentBytes: number
  readonly userSeconds: number
  readonly systemSeconds: number
  /** Unix time. */
  readonly startSeconds: number
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricRow {
  /** `starling_<room>_<thing>_<unit>`, and `_total` of a counter. */
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  /** Label values are words of closed lists. */
  samples(collected: Collected): readonly Sample[]
}

type OfWorker = Omit<MetricRow, 'samples'> & { samples(view: MetricsView): readonly Sample[] }

/** A row of what the network worker counts: it has no samples while that does not answer. */
export function workerRow({ samples, ...row }: OfWorker): MetricRow {
  return { ...row, samples: ({ worker }) => (worker === undefined ? [] : samples(worker)) }
}

/** A row of the worker that is one number. */
export function numberRow(
  type: MetricRow['type'],
  name: string,
  help: string,
  read: (view: MetricsView) => number,
): MetricRow {
  return workerRow({ name, type, help, labels: [], samples: (view) => [{ value: read(view) }] })
}

/** A row of the worker with one label: a number by name. */
export function byNameRow(
  type: MetricRow['type'],
  name: string,
  label: string,
  help: string,
  read: (view: MetricsView) => Readonly<Record<string, number>>,
): MetricRow {
  const samples = (view: MetricsView): readonly Sample[] =>
    Object.entries(read(view)).map(([word, value]) => ({ labels: { [label]: word }, value }))
  return workerRow({ name, type, help, labels: [label], samples })
}
