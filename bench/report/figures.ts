/** Figures of runs as the report compares them: what is computed from a run, and estimates over its rounds. */
import type { BenchRun, ClassFigures, Variant } from '../run-record.ts'
import { type Estimate, estimate, median } from '../statistics.ts'
import { isSameVariant, RELAYS, TRANSPORTS, VALIDATIONS, variantLabel } from '../variant.ts'

/** A figure of one run; NaN where the run has none. */
export type Figure = (run: BenchRun) => number

/** A run in which nothing arrived has no cost a delivery, however that was written. */
export const cpuUsPerDelivery: Figure = (run) => (run.deliveredPerSecond > 0 ? run.cpuUsPerDelivery : Number.NaN)

/** The share of expected deliveries that never came, over the classes that are chosen. */
export function lossShare(classes: readonly ClassFigures[]): number {
  const expected = classes.reduce((sum, one) => sum + one.expected, 0)
  const delivered = classes.reduce((sum, one) => sum + one.delivered, 0)
  return expected === 0 ? Number.NaN : 1 - delivered / expected
}

/** A figure of one message class. */
export function ofClass(name: string, figure: (one: ClassFigures) => number): Figure {
  return ({ classes }) => {
    const found = classes.find((one) => one.name === name)
    return found === undefined ? Number.NaN : figure(found)
  }
}

/** What only this bench measures. */
export function moreFigure(name: string): Figure {
  return ({ more }) => more?.[name] ?? Number.NaN
}

/** Median and interval over the runs that have the figure. */
export function estimateOf(runs: readonly BenchRun[], figure: Figure): Estimate {
  const values = runs.map(figure).filter(Number.isFinite)
  const [first = Number.NaN] = values
  // Drawing again from what is all the same says nothing new.
  if (values.every((value) => value === first)) return { median: first, low: first, high: first }
  return estimate(values)
}

/** The median alone, which is cheaper. */
export function medianOf(runs: readonly BenchRun[], figure: Figure): number {
  return median(runs.map(figure).filter(Number.isFinite))
}

/** Names in the order in which they first occur. */
export function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

export const casesOf = (runs: readonly BenchRun[]): readonly string[] => distinct(runs.map((run) => run.case))

export const classNames = (runs: readonly BenchRun[]): readonly string[] =>
  distinct(runs.flatMap(({ classes }) => classes.map(({ name }) => name)))

/** Transport by transport; there Starling first, what it validates after it, settings in the order they ran in first. */
export function variantsOf(runs: readonly BenchRun[]): readonly Variant[] {
  const settings = distinct(runs.map(({ variant }) => variant.setting ?? ''))
  const rank = ({ relay, transport, validation, setting }: Variant): readonly number[] => [
    TRANSPORTS.indexOf(transport),
    settings.indexOf(setting ?? ''),
    RELAYS.indexOf(relay),
    VALIDATIONS.indexOf(validation),
  ]
  const found = new Map(runs.map(({ variant }) => [variantLabel(variant), variant]))
  return [...found.values()].sort((one, other) => firstDifference(rank(one), rank(other)))
}

function firstDifference(one: readonly number[], other: readonly number[]): number {
  return one.map((value, index) => value - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0
}

export function runsOf(runs: readonly BenchRun[], caseName: string, variant: Variant): readonly BenchRun[] {
  return runs.filter((run) => run.case === caseName && isSameVariant(run.variant, variant))
}

/** The first number in a case's name: `64 peers`, `mix x4`. NaN without one. */
export function numberIn(name: string): number {
  return Number(/\d+(?:\.\d+)?/.exec(name)?.[0] ?? Number.NaN)
}

/** Names as readers know them. */
export const RELAY_NAMES: Readonly<Record<Variant['relay'], string>> = {
  starling: 'Starling',
  go: 'go-libp2p',
  rust: 'rust-libp2p',
}

export const RELAY_COLOURS: Readonly<Record<Variant['relay'], string>> = {
  starling: '#1f6f9f',
  go: '#5b8c5a',
  rust: '#c8553d',
}

export const TRANSPORT_NAMES: Readonly<Record<Variant['transport'], string>> = { tcp: 'TCP', quic: 'QUIC' }

/** `Starling TCP`, with what differs from the usual added. */
export function variantName({ relay, transport, validation, setting }: Variant): string {
  const differs = [validation === 'none' ? '' : `validation ${validation}`, setting ?? ''].filter(Boolean)
  return [`${RELAY_NAMES[relay]} ${TRANSPORT_NAMES[transport]}`, ...differs].join(', ')
}
