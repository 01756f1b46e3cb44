/** What all panels have: title, legend, the vertical axis with its grid, limits. */
import type { Box, PanelHead } from './panels.ts'
import { fromZero, logarithmic } from './scale.ts'
import { at, escapeXml, strokePath, textAt } from './svg.ts'

/** Mean width of a character at the size of the labels: what fits beside what. */
const CHARACTER_WIDTH = 6

export interface LegendEntry {
  readonly name: string
  readonly colour: string
}

export interface Frame {
  readonly y: (value: number) => number
  /** What lies behind the values, and what in front. */
  readonly behind: readonly string[]
  readonly before: readonly string[]
}

/** The frame for a panel in which these values are drawn. Colours come with the names of the legend. */
export function drawFrame(head: PanelHead, box: Box, values: readonly number[], legend: readonly LegendEntry[]): Frame {
  const { left, top, width, height } = box
  const limits = (head.limits ?? []).filter(({ value }) => Number.isFinite(value))
  const all = [...values, ...limits.map(({ value }) => value)]
  const scale = head.scale === 'logarithmic' ? logarithmic(all) : fromZero(all)
  const y = (value: number): number => top + height * (1 - scale.place(value))
  const grid = scale.ticks.flatMap((tick) => [
    strokePath('grid', `M${at(left)} ${at(y(tick))}h${at(width)}`),
    textAt(left - 6, y(tick) + 4, String(tick), { anchor: 'end' }),
  ])
  const lines = limits.flatMap(({ label, value }) => [
    strokePath('limit', `M${at(left)} ${at(y(value))}h${at(width)}`),
    textAt(left + width, y(value) - 4, label, { anchor: 'end' }),
  ])
  const behind = [
    textAt(left, top - 24, `${head.title}, ${head.unit}`, { className: 'title' }),
    ...drawLegend(legend, left, top - 9),
    ...grid,
  ]
  return { y, behind, before: lines }
}

/** Names in their colours, side by side; nothing of none. */
export function drawLegend(entries: readonly LegendEntry[], left: number, y: number): readonly string[] {
  const spans = entries.map(
    ({ name, colour }, index) =>
      `<tspan${index === 0 ? '' : ' dx="12"'} style="fill:${escapeXml(colour)}">● ${escapeXml(name)}</tspan>`,
  )
  return spans.length === 0 ? [] : [`<text x="${at(left)}" y="${at(y)}">${spans.join('')}</text>`]
}

/** Names under the horizontal axis, each in the middle of its share; every second or third when all do not fit. */
export function drawCategories(names: readonly string[], { left, top, width, height }: Box): readonly string[] {
  const share = width / Math.max(1, names.length)
  const longest = Math.max(1, ...names.map((name) => name.length))
  const every = Math.max(1, Math.ceil((longest * CHARACTER_WIDTH) / share))
  return names.flatMap((name, index) =>
    index % every === 0 ? [textAt(left + share * (index + 0.5), top + height + 16, name, { anchor: 'middle' })] : [],
  )
}
