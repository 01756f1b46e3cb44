/** A drawing of panels as an SVG document, written by hand. */
import { drawLegend, type LegendEntry } from './frame.ts'
import { drawGroups } from './groups.ts'
import { drawLines } from './lines.ts'
import type { Box, Drawing, Panel } from './panels.ts'
import { svgDocument, textAt } from './svg.ts'

const WIDTH = 760
const PANEL_HEIGHT = 160
const HEADING_HEIGHT = 40
const LEGEND_LINE_HEIGHT = 16
/** Characters of a shared legend that fit in a line, with six for what stands around each name. */
const LEGEND_LINE_CHARACTERS = 115
const LEGEND_ENTRY_CHARACTERS = 6
/** Around each panel's plot: title and legend above, values beside, names below. */
const MARGIN = { left: 64, right: 16, top: 44, bottom: 44 }

function drawPanel(panel: Panel, box: Box, hasLegend: boolean): readonly string[] {
  return panel.kind === 'lines' ? drawLines(panel, box, hasLegend) : drawGroups(panel, box, hasLegend)
}

/** Every name of the panels once, in lines that fit. */
function legendLines(panels: readonly Panel[]): readonly (readonly LegendEntry[])[] {
  const entries = new Map(panels.flatMap(({ series }) => series.map(({ name, colour }) => [name, { name, colour }])))
  const lines: LegendEntry[][] = [[]]
  let used = 0
  for (const entry of entries.values()) {
    const needed = entry.name.length + LEGEND_ENTRY_CHARACTERS
    if (used > 0 && used + needed > LEGEND_LINE_CHARACTERS) {
      lines.push([])
      used = 0
    }
    lines.at(-1)?.push(entry)
    used += needed
  }
  return lines
}

/** A document of the panels, row by row. */
export function drawPlot({ heading, panels, columns = 1 }: Drawing): string {
  const cell = { width: WIDTH / columns, height: MARGIN.top + PANEL_HEIGHT + MARGIN.bottom }
  const shared = columns === 1 ? [] : legendLines(panels)
  const headHeight = HEADING_HEIGHT + shared.length * LEGEND_LINE_HEIGHT
  const drawn = panels.flatMap((panel, index) =>
    drawPanel(
      panel,
      {
        left: (index % columns) * cell.width + MARGIN.left,
        top: headHeight + Math.floor(index / columns) * cell.height + MARGIN.top,
        width: cell.width - MARGIN.left - MARGIN.right,
        height: PANEL_HEIGHT,
      },
      columns === 1,
    ),
  )
  const height = headHeight + Math.ceil(panels.length / columns) * cell.height
  return svgDocument(WIDTH, height, heading, [
    textAt(16, 26, heading, { className: 'heading' }),
    ...shared.flatMap((line, index) => drawLegend(line, 16, HEADING_HEIGHT + 6 + index * LEGEND_LINE_HEIGHT)),
    ...drawn,
  ])
}
