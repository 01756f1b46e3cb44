/** Tables that every bench of runs has. */
import type { BenchRun, ThreadFigures, Variant } from '../run-record.ts'
import {
  casesOf,
  classNames,
  cpuUsPerDelivery,
  distinct,
  estimateOf,
  type Figure,
  lossShare,
  medianOf,
  moreFigure,
  ofClass,
  runsOf,
  variantName,
  variantsOf,
} from './figures.ts'
import { digits, grouped, interval, percent, table } from './markdown.ts'
import { isMemorySample } from './soak-memory.ts'

/** Less than this share of one core, in percent, and no loop of its own: not worth a row. */
const QUIET_THREAD_PERCENT = 0.5

type Rows = readonly (readonly string[])[]

/** Rows for each variant of each case, with the case in the first cell and the variant in the second. */
function rowsByCase(
  runs: readonly BenchRun[],
  rowsOf: (own: readonly BenchRun[], variant: Variant) => Rows,
): readonly (readonly string[])[] {
  const variants = variantsOf(runs)
  const rows = casesOf(runs).flatMap((caseName) =>
    variants.flatMap((variant) => {
      const own = runsOf(runs, caseName, variant)
      return own.length === 0 ? [] : rowsOf(own, variant).map((cells) => [caseName, variantName(variant), ...cells])
    }),
  )
  return grouped(rows)
}

function worst(runs: readonly BenchRun[], figure: Figure): number {
  const values = runs.map(figure).filter(Number.isFinite)
  return values.length === 0 ? Number.NaN : Math.max(...values)
}

/** `5`, or `5, 2 crowded`. */
function roundsOf(runs: readonly BenchRun[]): string {
  const crowded = runs.filter(({ isCrowded }) => isCrowded).length
  return crowded === 0 ? String(runs.length) : `${runs.length}, ${crowded} crowded`
}

export function costTable(runs: readonly BenchRun[]): readonly string[] {
  const header = [
    'case',
    'relay',
    'rounds',
    'CPU µs a delivery',
    'deliveries/s',
    'RSS MB',
    'peak MB',
    'machine busy %',
    'generator late, worst ms',
  ]
  const rows = rowsByCase(runs, (own) => [
    [
      roundsOf(own),
      interval(estimateOf(own, cpuUsPerDelivery)),
      ...[
        (run: BenchRun) => run.deliveredPerSecond,
        (run: BenchRun) => run.rssMb,
        (run: BenchRun) => run.peakRssMb,
        (run: BenchRun) => run.machineBusyPercent,
      ].map((figure) => digits(medianOf(own, figure))),
      digits(worst(own, (run) => run.generatorLagMs)),
    ],
  ])
  return table(header, rows)
}

export function latencyTable(runs: readonly BenchRun[]): readonly string[] {
  const header = ['case', 'relay', 'class', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'lost %', 'lost %, worst']
  const rows = rowsByCase(runs, (own) =>
    classNames(own).map((name) => {
      const loss = ofClass(name, (one) => lossShare([one]))
      return [
        name,
        interval(
          estimateOf(
            own,
            ofClass(name, (one) => one.p50Ms),
          ),
        ),
        digits(
          medianOf(
            own,
            ofClass(name, (one) => one.p90Ms),
          ),
        ),
        interval(
          estimateOf(
            own,
            ofClass(name, (one) => one.p99Ms),
          ),
        ),
        digits(
          worst(
            own,
            ofClass(name, (one) => one.maxMs),
          ),
        ),
        percent(medianOf(own, loss)),
        percent(worst(own, loss)),
      ]
    }),
  )
  return table(header, rows)
}

/** All threads of that name together: a pool's are told apart by nothing. */
function ofThread(name: string, figure: (threads: readonly ThreadFigures[], run: BenchRun) => number): Figure {
  return (run) => {
    const threads = run.threads.filter((thread) => thread.name === name)
    return threads.length === 0 ? Number.NaN : figure(threads, run)
  }
}

function longest(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? Number.NaN : Math.max(...known)
}

const coreShare = (threads: readonly ThreadFigures[], run: BenchRun): number =>
  threads.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / run.windowSeconds / 10

export function threadTable(runs: readonly BenchRun[]): readonly string[] {
  const header = ['case', 'relay', 'thread', 'CPU, % of a core', 'loop delay p99 ms', 'longest loop delay ms']
  const rows = rowsByCase(runs, (own) =>
    distinct(own.flatMap(({ threads }) => threads.map(({ name }) => name))).flatMap((name) => {
      const cpu = estimateOf(own, ofThread(name, coreShare))
      const delayP99 = estimateOf(
        own,
        ofThread(name, (threads) => longest(threads.map(({ loopDelayP99Ms }) => loopDelayP99Ms))),
      )
      const delayMax = worst(
        own,
        ofThread(name, (threads) => longest(threads.map(({ loopDelayMaxMs }) => loopDelayMaxMs))),
      )
      const isQuiet = !(cpu.median >= QUIET_THREAD_PERCENT || Number.isFinite(delayMax))
      return isQuiet ? [] : [[name, interval(cpu), interval(delayP99), digits(delayMax)]]
    }),
  )
  return table(header, rows)
}

/** What only this bench measures, by its names in the results file; samples over time are for drawings. */
export function moreTable(runs: readonly BenchRun[]): readonly string[] {
  const names = distinct(runs.flatMap(({ more }) => Object.keys(more ?? {}).filter((name) => !isMemorySample(name))))
  if (names.length === 0) return []
  const rows = rowsByCase(runs, (own) => [names.map((name) => interval(estimateOf(own, moreFigure(name))))])
  return table(['case', 'relay', ...names], rows)
}
