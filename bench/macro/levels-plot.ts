/** An SVG of the levels, written by hand: panels one above the other over the same axis of levels. */

export interface PlotSeries {
  readonly name: string
  readonly colour: string
  readonly values: readonly number[]
}

export interface PlotPanel {
  readonly title: string
  readonly unit: string
  readonly series: readonly PlotSeries[]
  /** Drawn as an area behind the series. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] }
}

const WIDTH = 760
const PANEL_HEIGHT = 150
const PANEL_GAP = 52
const MARGIN = { left: 64, right: 20, top: 64, bottom: 40 }
const STEPS = 4
/** Grid steps a reader takes in at a glance, times a power of ten. */
const ROUND_STEPS = [1, 2, 2.5, 5, 10]

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** A round number that `STEPS` steps of reach `largest`. */
function axisStep(largest: number): number {
  const rough = Math.max(largest, 1e-9) / STEPS
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * (ROUND_STEPS.find((step) => step * power >= rough) ?? 10)
}

interface Scale {
  readonly x: (index: number) => string
  readonly y: (value: number) => string
}

function points(values: readonly number[], { x, y }: Scale): string {
  return values
    .map((value, index) => (Number.isFinite(value) ? `${x(index)},${y(value)}` : ''))
    .join(' ')
    .trim()
}

function drawPanel({ title, unit, series, band }: PlotPanel, labels: readonly string[], top: number): string {
  const all = [...series.flatMap(({ values }) => values), ...(band?.high ?? [])].filter(Number.isFinite)
  const step = axisStep(Math.max(0, ...all))
  const innerWidth = WIDTH - MARGIN.left - MARGIN.right
  const bottom = top + PANEL_HEIGHT
  const scale: Scale = {
    x: (index) => (MARGIN.left + (innerWidth * (index + 0.5)) / labels.length).toFixed(1),
    y: (value) => (bottom - (PANEL_HEIGHT * value) / (step * STEPS)).toFixed(1),
  }
  const grid = Array.from({ length: STEPS + 1 }, (_, index) => {
    const value = Number((index * step).toPrecision(6))
    const y = scale.y(value)
    return `<path class="grid" d="M${MARGIN.left} ${y}H${WIDTH - MARGIN.right}"/><text x="${MARGIN.left - 6}" y="${y}" dy="4" text-anchor="end">${value}</text>`
  })
  const ticks = labels.map(
    (label, index) => `<text x="${scale.x(index)}" y="${bottom + 16}" text-anchor="middle">${escapeXml(label)}</text>`,
  )
  const area =
    band === undefined
      ? ''
      : `<polygon class="band" points="${points(band.low, scale)} ${points(band.high, scale).split(' ').reverse().join(' ')}"/>`
  const lines = series.map(
    ({ colour, values }) =>
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points(values, scale)}"/>`,
  )
  const legend = series.map(
    ({ name, colour }, index) => `<tspan dx="${index === 0 ? 0 : 12}" fill="${colour}">● ${escapeXml(name)}</tspan>`,
  )
  return [
    `<text class="title" x="${MARGIN.left}" y="${top - 12}">${escapeXml(title)}, ${escapeXml(unit)}</text>`,
    `<text x="${WIDTH - MARGIN.right}" y="${top - 12}" text-anchor="end">${legend.join('')}</text>`,
    ...grid,
    area,
    ...lines,
    ...ticks,
  ].join('\n')
}

/** A whole SVG document. All series have one value a label; what is not finite is left out. */
export function drawPlot(heading: string, labels: readonly string[], panels: readonly PlotPanel[]): string {
  const height = MARGIN.top + panels.length * (PANEL_HEIGHT + PANEL_GAP) + MARGIN.bottom - PANEL_GAP
  const drawn = panels.map((panel, index) => drawPanel(panel, labels, MARGIN.top + index * (PANEL_HEIGHT + PANEL_GAP)))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11" fill="#444">
<style>.grid{stroke:#ddd;fill:none}.band{fill:#7aa6c2;opacity:.25}.title{font-size:13px;font-weight:bold;fill:#222}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text class="title" x="${MARGIN.left}" y="24" font-size="15">${escapeXml(heading)}</text>
${drawn.join('\n')}
<text x="${WIDTH / 2}" y="${height - 6}" text-anchor="middle">network load</text>
</svg>
`
}
