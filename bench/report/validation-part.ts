/** What only the bench of validation shows. */
import type { BenchRun } from '../run-record.ts'
import { casesOf, estimateOf, type Figure, moreFigure, runsOf, variantName, variantsOf } from './figures.ts'
import { grouped, interval, table } from './markdown.ts'
import { joined, type Section } from './section.ts'
import { addedUs, networkLoopP99Ms, networkUsPerMessage, timesUnvalidated } from './validation-readings.ts'

/** A row for each case and relay. */
export function validationPart(runs: readonly BenchRun[]): Section {
  const rows = casesOf(runs).flatMap((caseName) =>
    variantsOf(runs).flatMap((variant) => {
      const own = runsOf(runs, caseName, variant)
      if (own.length === 0) return []
      const of = (figure: Figure): string => interval(estimateOf(own, figure))
      const isBase = variant.validation === 'none'
      return [
        [
          ...[caseName, variantName(variant), of(networkUsPerMessage)],
          isBase ? '' : interval(addedUs(runs, caseName, variant)),
          isBase ? '' : interval(timesUnvalidated(runs, caseName, variant)),
          ...[of(networkLoopP99Ms), of(moreFigure('verifiedPerSecond')), of(moreFigure('noRoomPerSecond'))],
        ],
      ]
    }),
  )
  const header = [
    ...['case', 'relay', 'network thread µs a message', 'added', 'times', 'its loop p99 ms'],
    ...['verified/s', 'no room/s'],
  ]
  return joined({ lines: table(header, grouped(rows)), drawings: [] })
}
