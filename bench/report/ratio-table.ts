/** Starling beside the others, as a table. */
import type { BenchRun } from '../run-record.ts'
import { casesOf, classNames, cpuUsPerDelivery, type Figure, ofClass, variantName, variantsOf } from './figures.ts'
import { grouped, interval, table } from './markdown.ts'
import { besideWhom, ratioTo, ratioToBetter, type Wanted } from './ratios.ts'

export interface Compared {
  readonly name: string
  readonly figure: Figure
  readonly wanted: Wanted
}

/** What is compared in every bench; p50 and p99 of each class. */
function comparedFigures(runs: readonly BenchRun[]): readonly Compared[] {
  return [
    { name: 'CPU a delivery', figure: cpuUsPerDelivery, wanted: 'lower' },
    ...classNames(runs).flatMap((name): readonly Compared[] => [
      { name: `p50 of ${name}`, figure: ofClass(name, (one) => one.p50Ms), wanted: 'lower' },
      { name: `p99 of ${name}`, figure: ofClass(name, (one) => one.p99Ms), wanted: 'lower' },
    ]),
    { name: 'peak RSS', figure: (run) => run.peakRssMb, wanted: 'lower' },
  ]
}

/** Ratios of every case, below 1 where Starling is better; `more` adds figures of one bench. */
export function ratioTable(runs: readonly BenchRun[], more: readonly Compared[] = []): readonly string[] {
  const own = variantsOf(runs).filter(({ relay }) => relay === 'starling')
  const rows = casesOf(runs).flatMap((caseName) =>
    own.flatMap((variant) => {
      const ofCase = runs.filter((run) => run.case === caseName)
      return [...more, ...comparedFigures(ofCase)].flatMap(({ name, figure, wanted }) => {
        const better = ratioToBetter(runs, caseName, variant, figure, wanted)
        if (better === undefined) return []
        const [toGo, toRust] = (['go', 'rust'] as const).map((relay) => {
          const ratio = ratioTo(runs, caseName, variant, relay, figure)
          return ratio === undefined ? '–' : interval(ratio)
        })
        const whom = besideWhom(runs, caseName, variant, better.other)
        return [[caseName, variantName(variant), name, toGo ?? '–', toRust ?? '–', `${interval(better)}, ${whom}`]]
      })
    }),
  )
  return table(['case', 'Starling', 'figure', 'to go-libp2p', 'to rust-libp2p', 'to the better'], grouped(rows))
}
