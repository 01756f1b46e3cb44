/** Memory over a long run: samples, and whether it keeps growing once it has settled. */
import { median } from '../statistics.ts'
import { memoryUsage } from './process-usage.ts'

const SAMPLE_PERIOD_MS = 10_000
/** The young generation and the buffers of new connections settle first: a slope over that part would say nothing. */
const WARMUP_SHARE = 0.3
/** A run that goes on this much longer than the caches fill is judged by what comes after. */
const FULL_CACHE_SHARE = 1.5

export interface MemorySample {
  readonly atSeconds: number
  readonly rssMb: number
}

export interface SettledMemory {
  /** Where the part of the run begins over which memory should stay level. */
  readonly fromSeconds: number
  /** Ids were being remembered for the first time until the end: memory could not be level yet. */
  readonly isFilling: boolean
  /** Least squares, of the settled part. */
  readonly slopeMbPerMinute: number
  readonly medianRssMb: number
}

/** Samples memory until it is disposed of; a process that is gone ends the samples. */
export class MemorySampler implements Disposable {
  readonly samples: MemorySample[] = []
  readonly #pid: number
  readonly #startedMs = performance.now()
  readonly #timer: NodeJS.Timeout

  constructor(pid: number) {
    this.#pid = pid
    this.#sample()
    this.#timer = setInterval(() => this.#sample(), SAMPLE_PERIOD_MS)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    const atSeconds = Math.round((performance.now() - this.#startedMs) / 1000)
    try {
      this.samples.push({ atSeconds, rssMb: memoryUsage(this.#pid).rssMb })
    } catch {
      clearInterval(this.#timer) // the relay ended, which the traffic tells of
    }
  }
}

/** How long a run must be for its slope to be that of full caches. */
export function fullRunSeconds(cacheSeconds: number): number {
  return cacheSeconds * FULL_CACHE_SHARE
}

/** @param cacheSeconds how long ids are remembered */
export function settledMemory(
  samples: readonly MemorySample[],
  totalSeconds: number,
  cacheSeconds: number,
): SettledMemory {
  const isFilling = totalSeconds < fullRunSeconds(cacheSeconds)
  const fromSeconds = Math.round(isFilling ? totalSeconds * WARMUP_SHARE : cacheSeconds)
  const settled = samples.filter(({ atSeconds }) => atSeconds >= fromSeconds)
  const medianRssMb = median((settled.length === 0 ? samples : settled).map(({ rssMb }) => rssMb))
  return { fromSeconds, isFilling, slopeMbPerMinute: slopeMbPerMinute(settled), medianRssMb }
}

/** Least-squares slope; 0 for fewer than two moments. */
function slopeMbPerMinute(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const meanAt = mean(({ atSeconds }) => atSeconds)
  const meanRss = mean(({ rssMb }) => rssMb)
  const rise = samples.reduce((sum, { atSeconds, rssMb }) => sum + (atSeconds - meanAt) * (rssMb - meanRss), 0)
  const run = samples.reduce((sum, { atSeconds }) => sum + (atSeconds - meanAt) ** 2, 0)
  return run > 0 ? Math.round((rise / run) * 60 * 1000) / 1000 : 0
}
