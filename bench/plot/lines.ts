/** Lines over an axis of numbers or of names. */
import { drawCategories, drawFrame } from './frame.ts'
import type { Box, LinePanel, LinePoint, LineSeries } from './panels.ts'
import { acrossValues } from './scale.ts'
import { at, escapeXml, strokePath, textAt } from './svg.ts'

const WHISKER_HALF_WIDTH = 3
/** Points are marked as long as there are so few that each can be seen. */
const MARKED_POINTS = 25

interface Placed {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

const isDrawn = ({ x, y }: LinePoint): boolean => Number.isFinite(x) && Number.isFinite(y)

/** Draws in the order of x; a value that is missing breaks the line. */
function linePath(points: readonly LinePoint[], { x, y }: Placed): string {
  let isOpen = false
  return points
    .map((point) => {
      if (!isDrawn(point)) {
        isOpen = false
        return ''
      }
      const command = isOpen ? 'L' : 'M'
      isOpen = true
      return `${command}${at(x(point.x))} ${at(y(point.y))}`
    })
    .join('')
}

function whisker({ x: value, low, high }: LinePoint, { x, y }: Placed): string {
  if (low === undefined || high === undefined || !Number.isFinite(low + high) || low === high) return ''
  const left = at(x(value) - WHISKER_HALF_WIDTH)
  const cap = `h${2 * WHISKER_HALF_WIDTH}`
  return `M${left} ${at(y(low))}${cap}M${left} ${at(y(high))}${cap}M${at(x(value))} ${at(y(low))}V${at(y(high))}`
}

function drawSeries({ colour, points }: LineSeries, placed: Placed): readonly string[] {
  const drawn = points.filter(isDrawn)
  const ink = escapeXml(colour)
  const whiskers = drawn.map((point) => whisker(point, placed)).join('')
  const dots = drawn.length > MARKED_POINTS ? [] : drawn
  return [
    ...(drawn.length === 0 ? [] : [strokePath('line', linePath(points, placed), ink)]),
    ...(whiskers === '' ? [] : [strokePath('whisker', whiskers, ink)]),
    ...dots.map(({ x, y }) => `<circle cx="${at(placed.x(x))}" cy="${at(placed.y(y))}" r="2.5" fill="${ink}"/>`),
  ]
}

function drawBand(band: NonNullable<LinePanel['band']>, { x, y }: Placed): readonly string[] {
  const drawn = band.filter((part) => Number.isFinite(part.x + part.low + part.high))
  const lower = drawn.map((part) => `${at(x(part.x))},${at(y(part.low))}`)
  const upper = drawn.map((part) => `${at(x(part.x))},${at(y(part.high))}`)
  return drawn.length < 2 ? [] : [`<polygon class="band" points="${[...lower, ...upper.reverse()].join(' ')}"/>`]
}

interface HorizontalAxis {
  readonly x: Placed['x']
  readonly parts: readonly string[]
}

function horizontalAxis({ categories, series, band }: LinePanel, box: Box): HorizontalAxis {
  const { left, top, width, height } = box
  if (categories !== undefined) {
    const share = width / Math.max(1, categories.length)
    return { x: (value) => left + share * (value + 0.5), parts: drawCategories(categories, box) }
  }
  const values = [...series.flatMap(({ points }) => points.map(({ x }) => x)), ...(band ?? []).map(({ x }) => x)]
  const scale = acrossValues(values)
  const x = (value: number): number => left + width * scale.place(value)
  return { x, parts: scale.ticks.map((tick) => textAt(x(tick), top + height + 16, String(tick), { anchor: 'middle' })) }
}

export function drawLines(panel: LinePanel, box: Box, hasLegend: boolean): readonly string[] {
  const { series, band = [], xLabel } = panel
  const points = series.flatMap((one) => one.points)
  const values = [...points.flatMap(({ y, high }) => [y, high ?? y]), ...band.map(({ high }) => high)]
  const frame = drawFrame(panel, box, values, hasLegend ? series : [])
  const axis = horizontalAxis(panel, box)
  const placed = { x: axis.x, y: frame.y }
  return [
    ...frame.behind,
    ...drawBand(band, placed),
    ...series.flatMap((one) => drawSeries(one, placed)),
    ...frame.before,
    ...axis.parts,
    textAt(box.left + box.width / 2, box.top + box.height + 32, xLabel, { anchor: 'middle' }),
  ]
}
