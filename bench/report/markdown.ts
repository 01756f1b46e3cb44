/** Pieces of the page. */
import type { Estimate } from '../statistics.ts'

const MISSING = '–'

/** Three digits or so, as many as such figures are worth. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return MISSING
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(0)
  return size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** `22.1 (21.0–23.4)`; without the interval where it says nothing. */
export function interval({ median, low, high }: Estimate): string {
  const [middle, from, to] = [digits(median), digits(low), digits(high)]
  return middle === from && middle === to ? middle : `${middle} (${from}–${to})`
}

/** A share in percent, with as many digits as loss is worth. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return MISSING
  return share === 0 ? '0' : (100 * share).toFixed(Math.abs(share) < 0.01 ? 3 : 1)
}

/** Text that may stand in a table: no new column, no new line, no markup. */
export function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_|<>[\]&]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A number, maybe below 0, an interval, a dash. */
const FIGURE = /^(?:[–\d-][\d.–-]*(?: \([^)]*\))?)?$/

/** Columns of figures to the right, others to the left. Cells are text. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const isFigures = (column: number): boolean => rows.every((cells) => FIGURE.test(cells[column] ?? ''))
  const rule = header.map((_, column) => (column > 0 && isFigures(column) ? '--:' : '---'))
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(header), `|${rule.join('|')}|`, ...rows.map(line), '']
}

/** Lines that are shown when the reader asks for them. */
export function folded(summary: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['<details>', `<summary>${cell(summary)}</summary>`, '', ...lines, '</details>', '']
}

/** The same value after the same value is left out, so that groups of rows show. */
export function grouped(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row, index) => [row[0] === rows[index - 1]?.[0] ? '' : (row[0] ?? ''), ...row.slice(1)])
}
