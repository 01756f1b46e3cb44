/** A table in plain text: the first column to the left, figures to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width))
  return `${[format(header), format(rule), ...rows.map(format)].join('\n')}\n`
}

/** A figure with one decimal below 100, none above. */
export function figure(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0)
}
