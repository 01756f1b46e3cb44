/** A drawing of panels as an SVG document, written by hand. */
import { drawGroups } from './groups.ts'
import { drawLines } from './lines.ts'
import type { Box, Drawing, Panel } from './panels.ts'
import { svgDocument, textAt } from './svg.ts'

const WIDTH = 760
const PANEL_HEIGHT = 160
const HEADING_HEIGHT = 40
/** Around each panel's plot: title and legend above, values beside, names below. */
const MARGIN = { left: 64, right: 16, top: 44, bottom: 44 }

function drawPanel(panel: Panel, box: Box): readonly string[] {
  return panel.kind === 'lines' ? drawLines(panel, box) : drawGroups(panel, box)
}

/** A document of the panels, row by row. */
export function drawPlot({ heading, panels, columns = 1 }: Drawing): string {
  const cell = { width: WIDTH / columns, height: MARGIN.top + PANEL_HEIGHT + MARGIN.bottom }
  const drawn = panels.flatMap((panel, index) =>
    drawPanel(panel, {
      left: (index % columns) * cell.width + MARGIN.left,
      top: HEADING_HEIGHT + Math.floor(index / columns) * cell.height + MARGIN.top,
      width: cell.width - MARGIN.left - MARGIN.right,
      height: PANEL_HEIGHT,
    }),
  )
  const height = HEADING_HEIGHT + Math.ceil(panels.length / columns) * cell.height
  return svgDocument(WIDTH, height, heading, [textAt(16, 26, heading, { className: 'heading' }), ...drawn])
}
