/**
 * The metrics page. In: one snapshot of the network worker, one look at our own thread and process. Out: Prometheus'
 * text. Everything is read off one moment; between scrapes nothing here works.
 */
import { Counter, Gauge, Registry } from 'prom-client'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { ThreadLoad } from '../../shared/thread-load.ts'
import type { BeaconLinkView } from '../beacon-link.ts'
import { BEACON_NODE_METRICS } from './beacon-node-metrics.ts'
import { DISCOVERY_METRICS } from './discovery-metrics.ts'
import { GOSSIP_METRICS } from './gossip-metrics.ts'
import { GOSSIP_WIRE_METRICS } from './gossip-wire-metrics.ts'
import { LoopDelayHistogram } from './loop-delay-histogram.ts'
import type { Collected, MetricRow, ProcessView, Sample } from './metric-row.ts'
import { PEER_METRICS } from './peer-metrics.ts'
import { PROCESS_METRICS, threadsOf } from './process-metrics.ts'

/** Every metric but the histogram of loop-delay-histogram.ts. */
export const METRIC_ROWS: readonly MetricRow[] = [
  ...GOSSIP_METRICS,
  ...GOSSIP_WIRE_METRICS,
  ...PEER_METRICS,
  ...DISCOVERY_METRICS,
  ...BEACON_NODE_METRICS,
  ...PROCESS_METRICS,
]

const MICROSECONDS_PER_SECOND = 1e6

export interface MetricsPageDeps {
  readonly control: Pick<Client<Control>, 'getMetrics'>
  readonly load: Pick<ThreadLoad, 'view'>
  /** Absent without a beacon node. */
  readonly beaconNode?: () => BeaconLinkView | undefined
}

export class MetricsPage {
  readonly #deps: MetricsPageDeps
  readonly #registry = new Registry()
  readonly #setters: readonly ((collected: Collected) => void)[]
  #scrape: Promise<string> | undefined

  constructor(deps: MetricsPageDeps) {
    this.#deps = deps
    const loopDelay = new LoopDelayHistogram(this.#registry)
    this.#setters = [
      ...METRIC_ROWS.map((row) => register(row, this.#registry)),
      (collected) => loopDelay.set(threadsOf(collected)),
    ]
  }

  /** The page now; scrapes at once share one. Without the worker it has what this thread knows. */
  read(): Promise<string> {
    this.#scrape ??= this.#collect().finally(() => {
      this.#scrape = undefined
    })
    return this.#scrape
  }

  async #collect(): Promise<string> {
    // A worker that starts, ends or hangs is no reason to show nothing: it is itself what the page then shows.
    const worker = await this.#deps.control.getMetrics().catch(() => undefined)
    const { load, beaconNode } = this.#deps
    const collected: Collected = { worker, main: load.view(), process: processView(), beaconNode: beaconNode?.() }
    for (const set of this.#setters) set(collected)
    return await this.#registry.metrics()
  }
}

function register(row: MetricRow, registry: Registry): (collected: Collected) => void {
  const { name, help, labels } = row
  const isPlain = labels.length === 0
  const configuration = { name, help, labelNames: [...labels], registers: [registry] }
  if (row.type === 'gauge') {
    const gauge = new Gauge(configuration)
    return (collected) => replace(gauge, isPlain, row.samples(collected), (sample, value) => gauge.set(sample, value))
  }
  const counter = new Counter(configuration)
  return (collected) => replace(counter, isPlain, row.samples(collected), (sample, value) => counter.inc(sample, value))
}

/** Totals come whole, so that what the last scrape showed is taken back first. */
function replace(
  metric: Pick<Gauge | Counter, 'reset' | 'remove'>,
  isPlain: boolean,
  samples: readonly Sample[],
  add: (labels: Record<string, string>, value: number) => void,
): void {
  metric.reset()
  // A reset leaves a metric without labels at zero, which would be a claim.
  if (isPlain && samples.length === 0) metric.remove()
  for (const { labels = {}, value } of samples) add({ ...labels }, value)
}

function processView(): ProcessView {
  const { user, system } = process.cpuUsage()
  return {
    residentBytes: process.memoryUsage.rss(),
    userSeconds: user / MICROSECONDS_PER_SECOND,
    systemSeconds: system / MICROSECONDS_PER_SECOND,
    startSeconds: performance.timeOrigin / 1000,
  }
}
