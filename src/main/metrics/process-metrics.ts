import type { GcKind, ThreadLoadView } from '../../shared/thread-load.ts'
import type { Collected, MetricRow, Sample } from './metric-row.ts'

export interface ThreadOfProcess {
  readonly thread: 'main' | 'network' | 'discovery'
  readonly load: ThreadLoadView
}

/** The threads that answered. */
export function threadsOf({ main, worker }: Collected): readonly ThreadOfProcess[] {
  const own: ThreadOfProcess = { thread: 'main', load: main }
  if (worker === undefined) return [own]
  const network: ThreadOfProcess = { thread: 'network', load: worker.load }
  const discovery = worker.discovery?.worker?.load
  return discovery === undefined ? [own, network] : [own, network, { thread: 'discovery', load: discovery }]
}

type GcFigures = ThreadLoadView['gc'][GcKind]

function gcRow(name: string, help: string, read: (figures: GcFigures) => number): MetricRow {
  const samples = (collected: Collected): readonly Sample[] =>
    threadsOf(collected).flatMap(({ thread, load }) =>
      Object.entries(load.gc).map(([kind, figures]) => ({ labels: { thread, kind }, value: read(figures) })),
    )
  return { name, type: 'counter', help, labels: ['thread', 'kind'], samples }
}

function heapRow(name: string, help: string, read: (load: ThreadLoadView) => number): MetricRow {
  const samples = (collected: Collected): readonly Sample[] =>
    threadsOf(collected).map(({ thread, load }) => ({ labels: { thread }, value: read(load) }))
  return { name, type: 'gauge', help, labels: ['thread'], samples }
}

/** The process and each thread of it. */
export const PROCESS_METRICS: readonly MetricRow[] = [
  {
    name: 'starling_process_network_answering_state',
    type: 'gauge',
    help: '1 when the network thread answered this scrape, else 0; then all that it counts is missing.',
    labels: [],
    samples: ({ worker }) => [{ value: worker === undefined ? 0 : 1 }],
  },
  gcRow(
    'starling_process_gc_seconds_total',
    'Time spent collecting garbage, by thread and kind.',
    ({ totalMs }) => totalMs / 1000,
  ),
  gcRow('starling_process_gc_runs_total', 'Garbage collections, by thread and kind.', ({ runs }) => runs),
  heapRow('starling_process_heap_used_bytes', 'JavaScript heap in use, by thread.', (load) => load.heapUsedBytes),
  heapRow(
    'starling_process_heap_limit_bytes',
    'Largest JavaScript heap allowed, by thread.',
    (load) => load.heapLimitBytes,
  ),
  {
    name: 'starling_process_resident_memory_bytes',
    type: 'gauge',
    help: 'Memory of the whole process.',
    labels: [],
    samples: ({ process }) => [{ value: process.residentBytes }],
  },
  {
    name: 'starling_process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of the whole process, by mode.',
    labels: ['mode'],
    samples: ({ process }) => [
      { labels: { mode: 'user' }, value: process.userSeconds },
      { labels: { mode: 'system' }, value: process.systemSeconds },
    ],
  },
  {
    name: 'starling_process_start_time_seconds',
    type: 'gauge',
    help: 'Unix time when the process started.',
    labels: [],
    samples: ({ process }) => [{ value: process.startSeconds }],
  },
]
