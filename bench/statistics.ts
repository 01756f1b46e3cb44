/** Figures out of few runs on a machine that varies: medians, how sure they are, and ratios within rounds. */
import type { BenchRun, Variant } from './run-record.ts'
import { isSameVariant } from './variant.ts'

/** Enough for two digits of a 95 % interval (Efron and Tibshirani take 1,000 to 2,000). */
const RESAMPLES = 2_000
const CONFIDENCE = 0.95
/** Any but 0 serves; always the same, so that a results file gives the same table for ever. */
const SEED = 0x5eed_1e55

/** A value and the interval it is in with the confidence that was asked for. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** A ratio or a difference. */
export interface PairedRatio extends Estimate {
  /** Rounds in which both ran; with 0 the others are NaN. */
  readonly pairs: number
}

export interface BootstrapOptions {
  readonly resamples?: number
  readonly confidence?: number
  /** In [0, 1); a generator with a fixed seed unless given. */
  readonly random?: () => number
}

/** The middle value, or the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  if (sorted.length % 2 === 1) return upper
  const lower = sorted[middle - 1] ?? Number.NaN
  return lower + (upper - lower) / 2
}

/** Where a statistic would lie if the runs were drawn again from those there are (percentile bootstrap). NaN of none. */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  { resamples = RESAMPLES, confidence = CONFIDENCE, random = seededRandom(SEED) }: BootstrapOptions = {},
): { readonly low: number; readonly high: number } {
  if (values.length === 0) return { low: Number.NaN, high: Number.NaN }
  const pick = (): number => values[Math.floor(random() * values.length)] ?? Number.NaN
  return middleOf(
    Array.from({ length: resamples }, () => statistic(values.map(pick))),
    confidence,
  )
}

/**
 * A statistic of the values of several groups, such as the blocks of several runs, with its interval. The values of one
 * group have much in common, so that groups are drawn again, and then the values of each. NaN of none.
 */
export function clusteredEstimate(
  groups: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
  { resamples = RESAMPLES, confidence = CONFIDENCE, random = seededRandom(SEED) }: BootstrapOptions = {},
): Estimate {
  const filled = groups.filter((group) => group.length > 0)
  if (filled.length === 0) return { median: Number.NaN, low: Number.NaN, high: Number.NaN }
  const pick = <Value>(values: readonly Value[], otherwise: Value): Value =>
    values[Math.floor(random() * values.length)] ?? otherwise
  const drawn = (): readonly number[] =>
    filled.flatMap(() => {
      const group = pick(filled, [])
      return group.map(() => pick(group, Number.NaN))
    })
  const found = Array.from({ length: resamples }, () => statistic(drawn()))
  return { median: statistic(filled.flat()), ...middleOf(found, confidence) }
}

/** The bounds of the middle share of what was found. */
function middleOf(found: readonly number[], confidence: number): Pick<Estimate, 'low' | 'high'> {
  const sorted = found.toSorted((a, b) => a - b)
  const tail = Math.floor(((1 - confidence) / 2) * sorted.length)
  return { low: sorted[tail] ?? Number.NaN, high: sorted[sorted.length - 1 - tail] ?? Number.NaN }
}

/** The median of some runs' figures with its interval. */
export function estimate(values: readonly number[], options?: BootstrapOptions): Estimate {
  return { median: median(values), ...bootstrapInterval(values, median, options) }
}

/**
 * How many times the figure of one variant is that of another: the ratio within each round, in which both met the same
 * machine, then median and interval over the rounds. Rounds in which either is missing, or gives no finite ratio, are
 * left out; runs of several cases are paired case by case.
 */
export function pairedRatio(
  runs: readonly BenchRun[],
  figure: (run: BenchRun) => number,
  of: Variant,
  to: Variant,
): PairedRatio {
  return overRounds(runs, of, to, (run, other) => figure(run) / figure(other))
}

/** By how much the figure of one variant is above that of another, as `pairedRatio` has it. */
export function pairedDifference(
  runs: readonly BenchRun[],
  figure: (run: BenchRun) => number,
  of: Variant,
  to: Variant,
): PairedRatio {
  return overRounds(runs, of, to, (run, other) => figure(run) - figure(other))
}

/**
 * How many times the median of some values is that of others, which were not measured in the same rounds: each are drawn
 * again on their own. NaN without one or the other.
 */
export function unpairedRatio(
  values: readonly number[],
  others: readonly number[],
  { resamples = RESAMPLES, confidence = CONFIDENCE, random = seededRandom(SEED) }: BootstrapOptions = {},
): Estimate {
  const drawn = (from: readonly number[]): readonly number[] =>
    from.map(() => from[Math.floor(random() * from.length)] ?? Number.NaN)
  const found = Array.from({ length: resamples }, () => median(drawn(values)) / median(drawn(others)))
  return { median: median(values) / median(others), ...middleOf(found, confidence) }
}

function overRounds(
  runs: readonly BenchRun[],
  of: Variant,
  to: Variant,
  compare: (run: BenchRun, other: BenchRun) => number,
): PairedRatio {
  const others = runs.filter(({ variant }) => isSameVariant(variant, to))
  const found = runs
    .filter(({ variant }) => isSameVariant(variant, of))
    .flatMap((run) => {
      const other = others.find((one) => one.round === run.round && one.case === run.case)
      return other === undefined ? [] : [compare(run, other)]
    })
    .filter(Number.isFinite)
  return { ...estimate(found), pairs: found.length }
}

/** Marsaglia's xorshift with 32 bits (Journal of Statistical Software 8/14, 2003): no more is needed to pick runs. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
