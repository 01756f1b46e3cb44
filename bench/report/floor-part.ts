/** What only the bench of the floor shows: what a delivery costs at least, and how far above that the relays are. */
import type { BenchRun, Variant } from '../run-record.ts'
import { unpairedRatio } from '../statistics.ts'
import {
  casesOf,
  cpuUsPerDelivery,
  estimateOf,
  medianOf,
  moreFigure,
  RELAY_NAMES,
  runsOf,
  TRANSPORT_NAMES,
  variantsOf,
} from './figures.ts'
import { cell, grouped, interval, table } from './markdown.ts'
import { OTHERS } from './ratios.ts'
import { filesOf, type Results } from './results.ts'
import { joined, type Section, text } from './section.ts'

const MISSING = '–'

interface Place {
  readonly caseName: string
  readonly transport: Variant['transport']
}

/** Runs of `chain` without validation. */
function ofChain(
  chain: readonly BenchRun[],
  { caseName, transport }: Place,
  relay: Variant['relay'],
): readonly BenchRun[] {
  return runsOf(chain, caseName, { relay, transport, validation: 'none' })
}

const costs = (runs: readonly BenchRun[]): readonly number[] => runs.map(cpuUsPerDelivery).filter(Number.isFinite)

/** The cost, and how many times the other it is. */
function beside(runs: readonly BenchRun[], floor: readonly BenchRun[]): readonly [string, string] {
  const found = costs(runs)
  if (found.length === 0) return [MISSING, MISSING]
  return [interval(estimateOf(runs, cpuUsPerDelivery)), interval(unpairedRatio(found, costs(floor)))]
}

/** Runs of whichever other relay is cheaper there; none when none ran. */
function cheaperOther(chain: readonly BenchRun[], place: Place): readonly BenchRun[] {
  const [cheapest] = OTHERS.map((relay) => ofChain(chain, place, relay))
    .filter((runs) => costs(runs).length > 0)
    .sort((one, other) => medianOf(one, cpuUsPerDelivery) - medianOf(other, cpuUsPerDelivery))
  return cheapest ?? []
}

function floorTable(runs: readonly BenchRun[], chain: readonly BenchRun[]): readonly string[] {
  const rows = casesOf(runs).flatMap((caseName) =>
    variantsOf(runs).flatMap((variant) => {
      const floor = runsOf(runs, caseName, variant)
      if (costs(floor).length === 0) return []
      const place = { caseName, transport: variant.transport }
      const other = cheaperOther(chain, place)
      const [otherCost, otherTimes] = beside(other, floor)
      const otherName = other[0] === undefined ? '' : `, ${RELAY_NAMES[other[0].variant.relay]}`
      const parts = [cpuUsPerDelivery, moreFigure('sendUsPerDelivery'), moreFigure('receiveUsPerMessage')]
      return [
        [
          ...[caseName, TRANSPORT_NAMES[variant.transport]],
          ...parts.map((figure) => interval(estimateOf(floor, figure))),
          ...beside(ofChain(chain, place, 'starling'), floor),
          ...[`${otherCost}${otherName}`, otherTimes],
        ],
      ]
    }),
  )
  const header = [
    ...['case', 'transport', 'floor, µs a delivery', 'sending, of that', 'receiving, µs a message'],
    ...['Starling in chain, µs', 'times the floor', 'the better of the others in chain, µs', 'times the floor'],
  ]
  return table(header, grouped(rows))
}

/** The floor beside what `chain` measured last. */
export function floorPart(runs: readonly BenchRun[], _name: string, results: Results): Section {
  const chain = filesOf(results, 'chain').find(({ name }) => name === 'chain')
  const source =
    chain === undefined
      ? 'There are no results of `chain` to hold against it.'
      : `Beside ${cell(chain.file)}, which is of another hour: ratios are of medians, and as sure as the machine was the same.`
  return joined({ lines: floorTable(runs, chain?.result.runs ?? []), drawings: [] }, text(source))
}
