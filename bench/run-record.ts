/** One run of one bench, as results files keep it: the raw figures, from which tables, ratios and plots are made later. */

/** What was measured: who ran, on which transport, with which validation. The key of comparisons. */
export interface Variant {
  readonly relay: 'starling' | 'go' | 'rust'
  readonly transport: 'tcp' | 'quic'
  /** `default`: what an operator has who says nothing. */
  readonly validation: 'none' | 'blind' | 'default'
  /** What else differs, where a bench compares more than relays: "api 2000/s", "level 5". */
  readonly setting?: string
}

/** Latency of one message class, from before the generator writes to its arrival at a subscriber. */
export interface ClassFigures {
  readonly name: string
  readonly published: number
  readonly expected: number
  readonly delivered: number
  readonly duplicates: number
  /** Mean size of the compressed message. */
  readonly wireBytes: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** One thread of the relay over the window. */
export interface ThreadFigures {
  /** As the system names it: main, network, discovery, V8Worker, libuv-worker, … */
  readonly name: string
  readonly cpuMs: number
  /** Event-loop delay, for threads that have a loop and tell. */
  readonly loopDelayP99Ms?: number
  readonly loopDelayMaxMs?: number
}

/** Blocks from one place as two receivers had them, in the order they were sent; NaN where one never came. */
export interface PairedArrivals {
  /** Where they were published. */
  readonly from: string
  /** ms from publishing a block to having all of it from the relay. */
  readonly relayMs: readonly number[]
  /** The same for the node beside it. */
  readonly otherMs: readonly number[]
}

/** One run: a fresh relay, a warm-up, a window. */
export interface BenchRun {
  readonly case: string
  readonly variant: Variant
  /** Variants of one round ran one after the other, in an order that changes from round to round. */
  readonly round: number
  /** Unix time of its start, ISO 8601. */
  readonly at: string
  readonly windowSeconds: number
  /** All cores, mean over the window. */
  readonly machineBusyPercent: number
  /** The machine was more than 90 % busy: latency tells of the machine, not of the relay. */
  readonly isCrowded: boolean
  /** The generator's worst delay behind its own schedule; a large one discredits the run. */
  readonly generatorLagMs: number
  /** Whole process, all threads, divided by deliveries. */
  readonly cpuUsPerDelivery: number
  /** Deliveries a second over the window. */
  readonly deliveredPerSecond: number
  readonly rssMb: number
  readonly peakRssMb: number
  readonly classes: readonly ClassFigures[]
  readonly threads: readonly ThreadFigures[]
  /** What only this bench measures, units in the names. */
  readonly more?: Readonly<Record<string, number>>
  /** Where a node beside the relay gets the same messages. */
  readonly pairs?: readonly PairedArrivals[]
}

/** A results file: `bench/results/<date>-<bench>.json`. */
export interface BenchResult {
  readonly bench: string
  readonly at: string
  readonly commit: string
  /** Sources differed from the commit. */
  readonly uncommittedSources: boolean
  readonly cpu: string
  readonly cores: number
  readonly memoryMb: number
  readonly kernel: string
  readonly node: string
  readonly options: Readonly<Record<string, unknown>>
  readonly runs: readonly BenchRun[]
}
