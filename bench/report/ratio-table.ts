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

/** Of every bench. */
export const COST: readonly Compared[] = [{ name: 'CPU a delivery', figure: cpuUsPerDelivery, wanted: 'lower' }]

/** p50 and p99 of each class, and memory. */
export function latencyAndMemory(runs: readonly BenchRun[]): readonly Compared[] {
  return [
    ...classNames(runs).flatMap((name): readonly Compared[] => [
      { name: `p50 of ${name}`, figure: ofClass(name, (one) => one.p50Ms), wanted: 'lower' },
      { name: `p99 of ${name}`, figure: ofClass(name, (one) => one.p99Ms), wanted: 'lower' },
    ]),
    { name: 'peak RSS', figure: (run) => run.peakRssMb, wanted: 'lower' },
  ]
}

/** Ratios of every case. */
export function ratioTable(runs: readonly BenchRun[], compared: readonly Compared[]): readonly string[] {
  const own = variantsOf(runs).filter(({ relay }) => relay === 'starling')
  const rows = casesOf(runs).flatMap((caseName) =>
    own.flatMap((variant) => {
      return compared.flatMap(({ name, figure, wanted }) => {
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
