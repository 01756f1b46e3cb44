/** Starling beside the others: ratios within rounds. */
import type { BenchRun, Variant } from '../run-record.ts'
import { type PairedRatio, pairedRatio } from '../statistics.ts'
import { type Figure, medianOf, RELAY_NAMES, runsOf } from './figures.ts'

export type Wanted = 'lower' | 'higher'

export interface Comparison extends PairedRatio {
  readonly other: Variant['relay']
}

/** Whom Starling is compared with. */
export const OTHERS = ['go', 'rust'] as const satisfies readonly Variant['relay'][]

/** The same transport and setting; the others validate nothing whatever Starling does. */
export function counterpart(variant: Variant, relay: Variant['relay']): Variant {
  return { ...variant, relay, validation: 'none' }
}

/** Starling's figure as a multiple of another relay's; undefined when no round has both. */
export function ratioTo(
  runs: readonly BenchRun[],
  caseName: string,
  of: Variant,
  relay: Variant['relay'],
  figure: Figure,
): Comparison | undefined {
  const ofCase = runs.filter((run) => run.case === caseName)
  const ratio = pairedRatio(ofCase, figure, of, counterpart(of, relay))
  return ratio.pairs === 0 ? undefined : { ...ratio, other: relay }
}

/** The ratio to the one of the others whose median is better; to the only one when there is only one. */
export function ratioToBetter(
  runs: readonly BenchRun[],
  caseName: string,
  of: Variant,
  figure: Figure,
  wanted: Wanted,
): Comparison | undefined {
  const sign = wanted === 'lower' ? 1 : -1
  const [better] = OTHERS.flatMap((relay) => {
    const median = medianOf(runsOf(runs, caseName, counterpart(of, relay)), figure)
    return Number.isFinite(median) ? [{ relay, median }] : []
  }).sort((one, other) => sign * (one.median - other.median))
  return better === undefined ? undefined : ratioTo(runs, caseName, of, better.relay, figure)
}

/** Which of the two it was compared with, and whether both were there to choose from. */
export function besideWhom(runs: readonly BenchRun[], caseName: string, of: Variant, other: Variant['relay']): string {
  const present = OTHERS.filter((relay) => runsOf(runs, caseName, counterpart(of, relay)).length > 0)
  return present.length < OTHERS.length ? `${RELAY_NAMES[other]}, the only other` : RELAY_NAMES[other]
}
