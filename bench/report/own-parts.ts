/** What only one bench shows: its drawings and its own tables. */
import { drawPlot } from '../plot/drawing.ts'
import type { Drawing } from '../plot/panels.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { pairedRatio } from '../statistics.ts'
import { isSameVariant } from '../variant.ts'
import { isFullSoak, QUIET_SETTING, SUSTAINED_FIGURE } from './bar-readings.ts'
import { MOST_SOAK_MB } from './bars.ts'
import { drawCpuByCase, drawFigureByCase, drawLatency, linesOverCases } from './drawings.ts'
import {
  casesOf,
  classNames,
  cpuUsPerDelivery,
  lossShare,
  moreFigure,
  numberIn,
  ofClass,
  RELAY_COLOURS,
  variantName,
  variantsOf,
} from './figures.ts'
import { growthOf } from './growth-exponent.ts'
import { blockClass, kneeOf, mixCases } from './knee.ts'
import { grouped, interval, table } from './markdown.ts'
import { joined, NOTHING, type PageDrawing, type Section, shown } from './section.ts'
import { memorySamples } from './soak-memory.ts'

function drawing(file: string, says: string, svg: string): Section {
  const page: PageDrawing = { file: `${file}.svg`, says, svg }
  return shown(page)
}

function plotted(file: string, plot: Drawing): Section {
  return plot.panels.length === 0 ? NOTHING : drawing(file, plot.heading, drawPlot(plot))
}

const rows = (lines: readonly string[]): Section => ({ lines, drawings: [] })

export function chainPart(runs: readonly BenchRun[], name: string): Section {
  const cpu = `${name}: CPU a delivery, median and 95 % interval`
  const latency = `${name}: p50 (dot) to p99 (stroke) by message class`
  return joined(
    drawing(`${name}-cpu`, cpu, drawCpuByCase(cpu, runs)),
    drawing(`${name}-latency`, latency, drawLatency(latency, runs)),
  )
}

function kneeTable(runs: readonly BenchRun[]): readonly string[] {
  const cells = variantsOf(runs).map((variant) => {
    const knee = kneeOf(runs, variant)
    const first = mixCases(runs)[0]
    if (knee === undefined) return [variantName(variant), first === undefined ? '–' : `below ${first}`]
    return [variantName(variant), knee.isLast ? `${knee.caseName} or more` : knee.caseName]
  })
  return table(['relay', 'knee'], cells)
}

export function fanPart(runs: readonly BenchRun[], name: string): Section {
  const cases = mixCases(runs)
  const mix = runs.filter((run) => cases.includes(run.case))
  const others = runs.filter((run) => !cases.includes(run.case))
  const block = blockClass(mix) ?? ''
  const p99 = ofClass(block, (one) => one.p99Ms)
  const axis = { cases }
  const knee: Drawing = {
    heading: `${name}: as the rate of the mix rises`,
    panels: [
      ...linesOverCases('p99 of block-like messages', 'ms', 'multiple of the mix', mix, p99, axis).map((panel) => ({
        ...panel,
        scale: 'logarithmic' as const,
      })),
      ...linesOverCases(
        'Lost deliveries',
        '%',
        'multiple of the mix',
        mix,
        (run) => 100 * lossShare(run.classes),
        axis,
      ),
      ...linesOverCases('CPU a delivery', 'µs', 'multiple of the mix', mix, cpuUsPerDelivery, axis),
    ],
    columns: 2,
  }
  const burst = `${name}: p50 (dot) to p99 (stroke) by message class, outside the rising mix`
  const kneePart = cases.length === 0 ? NOTHING : joined(rows(kneeTable(mix)), plotted(`${name}-knee`, knee))
  const burstPart = others.length === 0 ? NOTHING : drawing(`${name}-latency`, burst, drawLatency(burst, others))
  return joined(kneePart, burstPart)
}

export function growthPart(runs: readonly BenchRun[], name: string): Section {
  const cases = casesOf(runs)
  const heading = `${name}: CPU a delivery as peers are added`
  const panels = linesOverCases('CPU a delivery', 'µs', 'peers', runs, cpuUsPerDelivery, { cases, x: numberIn })
  const exponents = variantsOf(runs).map((variant) => {
    const growth = growthOf(runs, variant)
    const span = growth === undefined ? '–' : `${growth.fewestPeers} to ${growth.mostPeers}`
    return [variantName(variant), span, growth === undefined ? '–' : interval(growth)]
  })
  return joined(
    rows(table(['relay', 'peers', 'e'], exponents)),
    plotted(`${name}-cpu`, { heading, panels, columns: 2 }),
  )
}

export function saturatePart(runs: readonly BenchRun[], name: string): Section {
  const sustained = moreFigure(SUSTAINED_FIGURE)
  const found = runs.filter((run) => Number.isFinite(sustained(run)))
  if (found.length === 0) return NOTHING
  const heading = `${name}: highest rate that is sustained, median and 95 % interval`
  return drawing(`${name}-rate`, heading, drawFigureByCase(heading, 'messages a second', found, sustained))
}

/** Each setting beside the quiet one of the same relay, transport and round. */
function quietRatios(runs: readonly BenchRun[]): readonly string[] {
  const variants = variantsOf(runs)
  const isQuiet = ({ setting }: Variant): boolean => QUIET_SETTING.test(setting ?? '')
  const cells = variants
    .filter((variant) => !isQuiet(variant))
    .flatMap((variant) => {
      const quiet = variants.find(
        (other) => isQuiet(other) && isSameVariant(other, { ...variant, setting: other.setting ?? '' }),
      )
      if (quiet === undefined) return []
      const figures = [
        { figureName: 'CPU a delivery', figure: cpuUsPerDelivery },
        { figureName: 'p99 of forwarding, by the relay itself', figure: moreFigure('forwardP99Ms') },
        ...classNames(runs).flatMap((one) => [
          { figureName: `p50 of ${one}`, figure: ofClass(one, (figures) => figures.p50Ms) },
          { figureName: `p99 of ${one}`, figure: ofClass(one, (figures) => figures.p99Ms) },
        ]),
      ]
      return figures.map(({ figureName, figure }) => {
        const ratio = pairedRatio(runs, figure, variant, quiet)
        return [variantName(variant), figureName, interval(ratio)]
      })
    })
  return table(['relay', 'figure', 'times quiet'], grouped(cells))
}

export function apiPart(runs: readonly BenchRun[], name: string): Section {
  const heading = `${name}: p50 (dot) to p99 (stroke) by message class and polling`
  return joined(rows(quietRatios(runs)), drawing(`${name}-latency`, heading, drawLatency(heading, runs)))
}

export function soakPart(runs: readonly BenchRun[], name: string): Section {
  const series = variantsOf(runs).flatMap((variant) => {
    const run = runs.findLast((one) => variantName(one.variant) === variantName(variant))
    const points = run === undefined ? [] : memorySamples(run)
    if (points.length === 0) return []
    return [{ name: variantName(variant), colour: RELAY_COLOURS[variant.relay], points }]
  })
  const heading = `${name}: resident memory over time`
  const limits = runs.some(isFullSoak) ? [{ label: `the bar, ${MOST_SOAK_MB} MB`, value: MOST_SOAK_MB }] : []
  const panels = [{ kind: 'lines', title: 'RSS', unit: 'MB', xLabel: 'minutes', series, limits } as const]
  return series.length === 0 ? NOTHING : plotted(`${name}-memory`, { heading, panels })
}
