/** Tables of paired runs: medians with their intervals, and Starling beside the better of the others. */
import { betterPeer, classOf, runLossPercent } from './run-figures.ts'
import type { BenchRun, Variant } from './run-record.ts'
import { type Estimate, estimate, pairedRatio } from './statistics.ts'
import { formatTable } from './table.ts'
import { isSameVariant, variantLabel } from './variant.ts'

export interface TableFigure {
  readonly header: string
  readonly of: (run: BenchRun) => number
  /** Most figures tell something as a ratio; loss, which is mostly none, does not. */
  readonly isRatio: boolean
}

/** CPU, latency of the first class, loss and memory. */
export const USUAL_FIGURES: readonly TableFigure[] = [
  { header: 'CPU us/delivery', isRatio: true, of: (run) => run.cpuUsPerDelivery },
  { header: 'p50 ms', isRatio: true, of: (run) => classOf(run)?.p50Ms ?? Number.NaN },
  { header: 'p99 ms', isRatio: true, of: (run) => classOf(run)?.p99Ms ?? Number.NaN },
  { header: 'loss %', isRatio: false, of: runLossPercent },
  { header: 'RSS MB', isRatio: true, of: (run) => run.rssMb },
]

interface Group {
  readonly caseName: string
  readonly variant: Variant
  readonly runs: readonly BenchRun[]
}

/** Runs of one case and variant, in the order in which they first came. */
function groups(runs: readonly BenchRun[]): readonly Group[] {
  const byCase = Map.groupBy(runs, (run) => run.case)
  return [...byCase].flatMap(([caseName, ofCase]) => {
    const byVariant = Map.groupBy(ofCase, ({ variant }) => variantLabel(variant))
    return [...byVariant.values()].flatMap((own) =>
      own[0] === undefined ? [] : [{ caseName, variant: own[0].variant, runs: own }],
    )
  })
}

/** One row a case and variant. */
export function medianTable(runs: readonly BenchRun[], figures: readonly TableFigure[] = USUAL_FIGURES): string {
  const rows = groups(runs).map(({ caseName, variant, runs: own }) => [
    `${caseName}  ${variantLabel(variant)}`,
    String(own.length),
    String(own.filter(({ isCrowded }) => isCrowded).length),
    ...figures.map(({ of }) => formatEstimate(estimate(own.map(of)))),
  ])
  return formatTable(['case', 'runs', 'crowded', ...figures.map(({ header }) => header)], rows)
}

/** How many times Starling's figures are those of the better of the others on the same transport; empty without others. */
export function ratioTable(runs: readonly BenchRun[], figures: readonly TableFigure[] = USUAL_FIGURES): string {
  const shown = figures.filter(({ isRatio }) => isRatio)
  const rows = groups(runs)
    .filter(({ variant }) => variant.relay === 'starling')
    .flatMap(({ caseName, variant }) => {
      const to = betterPeer(runs, caseName, variant.transport)
      if (to === undefined) return []
      const ofCase = runs.filter((run) => run.case === caseName)
      const ratios = shown.map(({ of }) => pairedRatio(ofCase, of, variant, to))
      const pairs = ofCase.filter((run) => isSameVariant(run.variant, to)).length
      return [[`${caseName}  ${variantLabel(variant)} / ${to.relay}`, String(pairs), ...ratios.map(formatEstimate)]]
    })
  if (rows.length === 0) return ''
  return formatTable(['ratio', 'pairs', ...shown.map(({ header }) => header.split(' ')[0] ?? header)], rows)
}

/** `21.8 [20.1, 23.3]`; the median alone when there is no more to tell. */
export function formatEstimate({ median, low, high }: Estimate): string {
  return low === high ? digits(median) : `${digits(median)} [${digits(low)}, ${digits(high)}]`
}

/** Three digits, which is more than such runs are worth. */
function digits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(decimals, 3))
}
