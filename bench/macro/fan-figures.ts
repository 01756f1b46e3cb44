/** What the fan generator counted, as results keep it. */
import type { FanRunResult, FanStreamResult } from '../../test/support/go-fan.ts'
import type { TableFigure } from '../paired-table.ts'
import { classOf, runLossPercent } from '../run-figures.ts'
import type { BenchRun, ClassFigures } from '../run-record.ts'
import type { TrafficFigures } from './measure-relay.ts'

function classFigures(result: FanStreamResult): ClassFigures {
  const { name, published, expected, delivered, duplicates, wireBytes, p50Ms, p90Ms, p99Ms, maxMs } = result
  return { name, published, expected, delivered, duplicates, wireBytes, p50Ms, p90Ms, p99Ms, maxMs }
}

/**
 * Classes, lag, and in `more` what went over the wire besides. Nothing is expected any more for places in meshes that the
 * relay took away, so that it would pass as cheap: that is an error, unless `mayLoseLinks` has it told in `more` only.
 * @throws Error that says how many places were lost
 */
export function fanFigures(
  { streams, missingMeshLinks }: FanRunResult,
  { mayLoseLinks = false }: { readonly mayLoseLinks?: boolean } = {},
): TrafficFigures {
  if (missingMeshLinks > 0 && !mayLoseLinks) throw new Error(`${missingMeshLinks} places in meshes were lost under way`)
  const total = (of: (result: FanStreamResult) => number): number => streams.reduce((sum, each) => sum + of(each), 0)
  return {
    classes: streams.map(classFigures),
    lagMs: Math.max(...streams.map(({ maxLagMs }) => maxLagMs)),
    more: {
      copiesIn: total(({ copiesSent }) => copiesSent),
      copiesSparedByIdontwant: total(({ withheld }) => withheld),
      bytesSparedByIdontwant: total(({ withheldBytes }) => withheldBytes),
      copiesToSenders: total(({ toSenders }) => toSenders),
      copiesToOthers: total(({ toOthers }) => toOthers),
      meshLinksLost: missingMeshLinks,
    },
  }
}

/** The run with what a copy costs, in or out: the measure where relays differ in how many they send to who has it already. */
export function withCostPerCopy(run: BenchRun): BenchRun {
  const { copiesIn = 0, copiesToSenders = 0, copiesToOthers = 0 } = run.more ?? {}
  const delivered = run.classes.reduce((sum, each) => sum + each.delivered + each.duplicates, 0)
  const copies = delivered + copiesIn + copiesToSenders + copiesToOthers
  const cpuUs = run.cpuUsPerDelivery * run.classes.reduce((sum, each) => sum + each.delivered, 0)
  return { ...run, more: { ...run.more, cpuUsPerCopy: Math.round((cpuUs / copies) * 100) / 100 } }
}

function p99Of(className: string): TableFigure {
  return { header: `${className} p99 ms`, isRatio: true, of: (run) => classOf(run, className)?.p99Ms ?? Number.NaN }
}

/** What the benches with fifty peers show. */
export const FAN_FIGURES: readonly TableFigure[] = [
  { header: 'CPU us/delivery', isRatio: true, of: (run) => run.cpuUsPerDelivery },
  { header: 'block p50 ms', isRatio: true, of: (run) => classOf(run, 'block')?.p50Ms ?? Number.NaN },
  ...['block', 'column', 'attestation'].map(p99Of),
  { header: 'loss %', isRatio: false, of: runLossPercent },
  { header: 'links lost', isRatio: false, of: (run) => run.more?.['meshLinksLost'] ?? 0 },
  { header: 'RSS MB', isRatio: true, of: (run) => run.rssMb },
  { header: 'MB spared by IDONTWANT', isRatio: false, of: (run) => (run.more?.['bytesSparedByIdontwant'] ?? 0) / 1e6 },
]
