/** Drawings that several benches share. */
import { drawPlot } from '../plot/drawing.ts'
import type { GroupPanel, GroupSeries, LinePanel, Mark } from '../plot/panels.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import type { Estimate } from '../statistics.ts'
import {
  casesOf,
  classNames,
  cpuUsPerDelivery,
  distinct,
  estimateOf,
  type Figure,
  medianOf,
  ofClass,
  RELAY_COLOURS,
  RELAY_NAMES,
  runsOf,
  TRANSPORT_NAMES,
  variantsOf,
} from './figures.ts'

/** Lighter than Starling's own colour: what it costs with its checks, or under another setting. */
const SECOND_COLOURS = ['#7db3d5', '#8d6cab', '#c79a2b', '#6b7a8f'] as const

/** What stands beside others in a group: the relay with everything but its transport. */
interface Contender {
  readonly name: string
  readonly colour: string
  readonly is: (variant: Variant) => boolean
}

function contenderName({ relay, validation, setting }: Variant): string {
  return [RELAY_NAMES[relay], validation === 'none' ? '' : validation, setting ?? ''].filter(Boolean).join(', ')
}

function contenders(variants: readonly Variant[]): readonly Contender[] {
  const names = distinct(variants.map(contenderName))
  let further = 0
  return names.map((name) => {
    const relay = variants.find((variant) => contenderName(variant) === name)?.relay ?? 'starling'
    const isFirst = names.find((other) => other.startsWith(RELAY_NAMES[relay])) === name
    const colour = isFirst ? RELAY_COLOURS[relay] : (SECOND_COLOURS[further++ % SECOND_COLOURS.length] ?? '#888')
    return { name, colour, is: (variant) => contenderName(variant) === name }
  })
}

const asMark = ({ median, low, high }: Estimate): Mark => ({ value: median, low, high })

function transportsOf(runs: readonly BenchRun[]): readonly Variant['transport'][] {
  return (['tcp', 'quic'] as const).filter((transport) => runs.some(({ variant }) => variant.transport === transport))
}

/** A series for each contender with a mark for each group of runs. */
function seriesOf(
  runs: readonly BenchRun[],
  groups: readonly (readonly BenchRun[])[],
  markOf: (own: readonly BenchRun[]) => Mark,
): readonly GroupSeries[] {
  return contenders(variantsOf(runs)).map(({ name, colour, is }) => ({
    ...{ name, colour },
    marks: groups.map((group) => {
      const own = group.filter(({ variant }) => is(variant))
      return own.length === 0 ? undefined : markOf(own)
    }),
  }))
}

/** A panel for each case: groups by transport, bars by relay. */
export function drawFigureByCase(heading: string, unit: string, runs: readonly BenchRun[], figure: Figure): string {
  const panels = casesOf(runs).map((caseName): GroupPanel => {
    const ofCase = runs.filter((run) => run.case === caseName)
    const transports = transportsOf(ofCase)
    const groups = transports.map((transport) => ofCase.filter(({ variant }) => variant.transport === transport))
    return {
      ...{ kind: 'bars', title: caseName, unit },
      groups: transports.map((transport) => TRANSPORT_NAMES[transport]),
      series: seriesOf(ofCase, groups, (own) => asMark(estimateOf(own, figure))),
    }
  })
  return drawPlot({ heading, panels, columns: 2 })
}

export function drawCpuByCase(heading: string, runs: readonly BenchRun[]): string {
  return drawFigureByCase(heading, 'µs a delivery', runs, cpuUsPerDelivery)
}

/** A panel for each case and transport: groups by message class, from the median p50 to the median p99. */
export function drawLatency(heading: string, runs: readonly BenchRun[]): string {
  const panels = casesOf(runs).flatMap((caseName) =>
    transportsOf(runs).flatMap((transport): readonly GroupPanel[] => {
      const own = runs.filter((run) => run.case === caseName && run.variant.transport === transport)
      if (own.length === 0) return []
      const classes = classNames(own)
      const series = contenders(variantsOf(own)).map(({ name, colour, is }) => {
        const ofContender = own.filter(({ variant }) => is(variant))
        const of = (className: string): Mark => {
          const value = medianOf(
            ofContender,
            ofClass(className, (one) => one.p50Ms),
          )
          const high = medianOf(
            ofContender,
            ofClass(className, (one) => one.p99Ms),
          )
          return { value, low: value, high }
        }
        return { name, colour, marks: classes.map(of) }
      })
      const title = `${caseName}, ${TRANSPORT_NAMES[transport]}`
      return [{ kind: 'ranges', scale: 'logarithmic', title, unit: 'ms', groups: classes, series }]
    }),
  )
  return drawPlot({ heading, panels, columns: 2 })
}

/** A line for each contender over cases that follow one another, a panel for each transport. */
export function linesOverCases(
  title: string,
  unit: string,
  xLabel: string,
  runs: readonly BenchRun[],
  figure: Figure,
  axis: { readonly cases: readonly string[]; readonly x?: (caseName: string) => number },
): readonly LinePanel[] {
  const { cases, x } = axis
  return transportsOf(runs).map((transport) => {
    const own = runs.filter(({ variant }) => variant.transport === transport)
    const variants = variantsOf(own)
    return {
      ...{ kind: 'lines', title: `${title}, ${TRANSPORT_NAMES[transport]}`, unit, xLabel },
      ...(x === undefined && { categories: cases }),
      series: contenders(variants).map(({ name, colour, is }) => ({
        ...{ name, colour },
        points: variants.filter(is).flatMap((variant) =>
          cases.map((caseName, index) => {
            const { median, low, high } = estimateOf(runsOf(own, caseName, variant), figure)
            return { x: x === undefined ? index : x(caseName), y: median, low, high }
          }),
        ),
      })),
    }
  })
}
