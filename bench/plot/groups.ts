/** Series side by side in named groups: bars with whiskers, or ranges. */
import { drawCategories, drawFrame } from './frame.ts'
import type { Box, GroupPanel, Mark } from './panels.ts'
import { at, escapeXml, strokePath } from './svg.ts'

/** Of a group's width; the rest is the gap to the next. */
const FILLED_SHARE = 0.7
const WIDEST_BAR = 46
const WHISKER_HALF_WIDTH = 4

interface Slot {
  readonly middle: number
  readonly width: number
  readonly ink: string
  readonly y: (value: number) => number
}

function drawBar({ value, low, high }: Mark, { middle, width, ink, y }: Slot): readonly string[] {
  const top = y(Math.max(0, value))
  const height = Math.max(0, y(Math.min(0, value)) - top)
  const bar = `<rect x="${at(middle - width / 2)}" y="${at(top)}" width="${at(width)}" height="${at(height)}" fill="${ink}"/>`
  if (!Number.isFinite(low + high) || low === high) return [bar]
  const left = at(middle - WHISKER_HALF_WIDTH)
  const cap = `h${2 * WHISKER_HALF_WIDTH}`
  const path = `M${left} ${at(y(low))}${cap}M${left} ${at(y(high))}${cap}M${at(middle)} ${at(y(low))}V${at(y(high))}`
  return [bar, strokePath('whisker inked', path)]
}

function drawRange({ value, high }: Mark, { middle, width, ink, y }: Slot): readonly string[] {
  const dot = `<circle cx="${at(middle)}" cy="${at(y(value))}" r="4" fill="${ink}"/>`
  if (!Number.isFinite(high)) return [dot]
  const half = Math.min(width / 2, 2 * WHISKER_HALF_WIDTH)
  const path = `M${at(middle)} ${at(y(value))}V${at(y(high))}M${at(middle - half)} ${at(y(high))}h${at(2 * half)}`
  return [strokePath('range', path, ink), dot]
}

export function drawGroups(panel: GroupPanel, box: Box, hasLegend: boolean): readonly string[] {
  const { groups, series, kind } = panel
  const marks = series.flatMap((one) => one.marks.filter((mark) => mark !== undefined))
  const frame = drawFrame(
    panel,
    box,
    marks.flatMap(({ value, low, high }) => [value, low, high]),
    hasLegend ? series : [],
  )
  const share = box.width / Math.max(1, groups.length)
  const width = Math.min(WIDEST_BAR, (share * FILLED_SHARE) / Math.max(1, series.length))
  const draw = kind === 'bars' ? drawBar : drawRange
  const drawn = series.flatMap(({ colour, marks: own }, column) =>
    own.flatMap((mark, group) => {
      if (mark === undefined || !Number.isFinite(mark.value)) return []
      const middle = box.left + share * (group + 0.5) + width * (column - (series.length - 1) / 2)
      return draw(mark, { middle, width: width * 0.92, ink: escapeXml(colour), y: frame.y })
    }),
  )
  return [...frame.behind, ...drawn, ...frame.before, ...drawCategories(groups, box)]
}
