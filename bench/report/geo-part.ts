/** What only the bench over the world shows. */
import { leadsMs, medianLeadMs, origins, percentEarlier } from '../leads.ts'
import { drawPlot } from '../plot/drawing.ts'
import type { GroupPanel, GroupSeries, LinePanel, LinePoint } from '../plot/panels.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import type { Estimate } from '../statistics.ts'
import { casesOf, estimateOf, moreFigure, ofClass, runsOf, variantName, variantsOf } from './figures.ts'
import { folded, grouped, interval, table } from './markdown.ts'
import { joined, NOTHING, type Section, shown } from './section.ts'

/** By setting, in their order. */
const COLOURS = ['#6b7a8f', '#7db3d5', '#1f6f9f', '#8d6cab', '#c79a2b', '#5b8c5a'] as const
/** Of the blocks: the line goes from the earliest to the latest two in a hundred, which are luck. */
const SHARES_PERCENT = Array.from({ length: 49 }, (_, index) => 2 * (index + 1))

/** Figures of a run by their names, and what the page calls them: where the lead comes from. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['dueEarlierMs', 'due earlier, ms'],
  ['relayTookMs', 'took, ms'],
  ['defaultTookMs', 'default node took, ms'],
  ['firstSenderRttMs', "first sender's RTT ms"],
  ['meshRttMs', 'mesh RTT ms'],
  ['mesh', 'mesh'],
  ['defaultMesh', 'mesh of the default node'],
])

const settingName = ({ setting }: Variant): string => setting ?? ''
const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? COLOURS[0]

function leadTable(runs: readonly BenchRun[]): readonly string[] {
  const rows = casesOf(runs).flatMap((caseName) =>
    variantsOf(runs).flatMap((variant) => {
      const own = runsOf(runs, caseName, variant)
      if (own.length === 0) return []
      const block = own[0]?.classes[0]?.name ?? ''
      const p50 = ofClass(block, (one) => one.p50Ms)
      const more = ['defaultP50Ms', ...PARTS.keys()].map(moreFigure)
      return [
        [
          ...[caseName, settingName(variant), String(own.length), String(own.flatMap((run) => leadsMs(run)).length)],
          ...[medianLeadMs(own), percentEarlier(own)].map(interval),
          ...[p50, ...more].map((figure) => interval(estimateOf(own, figure))),
        ],
      ]
    }),
  )
  const header = [
    ...['case', 'Starling at', 'networks', 'blocks', 'ms earlier, median', 'earlier, % of blocks'],
    ...['p50 ms', 'p50 ms of the default node', ...PARTS.values()],
  ]
  return table(header, grouped(rows))
}

/** A column for each setting; rows by where the blocks came from. */
function originTable(runs: readonly BenchRun[]): readonly string[] {
  const variants = variantsOf(runs)
  const rows = casesOf(runs).flatMap((caseName) =>
    origins(runs).map((from) => [
      ...[caseName, from],
      ...variants.map((variant) => interval(medianLeadMs(runsOf(runs, caseName, variant), from))),
    ]),
  )
  return table(['case', 'blocks from', ...variants.map(variantName)], grouped(rows))
}

/** Bars for each level in each place: what was measured, and what the choice of peers alone made due. */
function levelPanels(runs: readonly BenchRun[]): readonly GroupPanel[] {
  const due = moreFigure('dueEarlierMs')
  const kinds: readonly { name: string; colour: string; of: (own: readonly BenchRun[]) => Estimate }[] = [
    { name: 'measured, at a node behind the relay', colour: COLOURS[2], of: medianLeadMs },
    { name: 'due, by whom it has in its mesh', colour: COLOURS[1], of: (own) => estimateOf(own, due) },
  ]
  return casesOf(runs).map((caseName): GroupPanel => {
    const levels = variantsOf(runs)
      .map((variant) => ({ variant, own: runsOf(runs, caseName, variant) }))
      .filter(({ own }) => own.length > 0)
    return {
      ...{ kind: 'bars', title: `${caseName}: median over blocks`, unit: 'ms earlier' },
      groups: levels.map(({ variant }) => settingName(variant)),
      series: kinds.map(({ name, colour, of }) => ({
        ...{ name, colour },
        marks: levels.map(({ own }) => {
          const { median, low, high } = of(own)
          return { value: median, low, high }
        }),
      })),
    }
  })
}

/** Bars by where the blocks came from. */
function originPanels(runs: readonly BenchRun[]): readonly GroupPanel[] {
  const groups = origins(runs)
  return casesOf(runs).map(
    (caseName): GroupPanel => ({
      ...{ kind: 'bars', title: `${caseName}: median, by where blocks came from`, unit: 'ms earlier', groups },
      series: variantsOf(runs).map((variant, index): GroupSeries => {
        const own = runsOf(runs, caseName, variant)
        const marks = groups.map((from) => {
          const { median, low, high } = medianLeadMs(own, from)
          return { value: median, low, high }
        })
        return { name: settingName(variant), colour: colourOf(index), marks }
      }),
    }),
  )
}

/** How much earlier the relay was with so many of the blocks. */
function distribution(runs: readonly BenchRun[]): readonly LinePoint[] {
  const leads = runs.flatMap((run) => leadsMs(run)).sort((a, b) => b - a)
  if (leads.length === 0) return []
  return SHARES_PERCENT.map((percent) => ({
    x: leads[Math.ceil((percent / 100) * leads.length) - 1] ?? Number.NaN,
    y: percent,
  }))
}

function distributionPanels(runs: readonly BenchRun[]): readonly LinePanel[] {
  return casesOf(runs).map(
    (caseName): LinePanel => ({
      ...{ kind: 'lines', title: caseName, unit: '% of blocks', xLabel: 'so many ms earlier, or more' },
      series: variantsOf(runs).map((variant, index) => ({
        ...{ name: settingName(variant), colour: colourOf(index) },
        points: distribution(runsOf(runs, caseName, variant)),
      })),
    }),
  )
}

export function geoPart(runs: readonly BenchRun[], name: string): Section {
  if (runs.every((run) => leadsMs(run).length === 0)) return NOTHING
  const byLevel = `${name}: how much earlier than a default node beside it at each level, median and 95 % interval`
  const byOrigin = `${name}: how much earlier than a default node beside it, median and 95 % interval`
  const spread = `${name}: how much earlier, over all blocks`
  return joined(
    { lines: leadTable(runs), drawings: [] },
    shown({
      file: `${name}-levels.svg`,
      says: byLevel,
      svg: drawPlot({ heading: byLevel, panels: levelPanels(runs) }),
    }),
    shown({
      file: `${name}-origins.svg`,
      says: byOrigin,
      svg: drawPlot({ heading: byOrigin, panels: originPanels(runs) }),
    }),
    shown({
      file: `${name}-leads.svg`,
      says: spread,
      svg: drawPlot({ heading: spread, panels: distributionPanels(runs) }),
    }),
    { lines: folded('ms earlier, by where blocks came from', originTable(runs)), drawings: [] },
  )
}
