/** The section of a bench whose results are runs: its own part first, then what all have. */
import type { BenchResult } from '../run-record.ts'
import type { BenchText } from './benches.ts'
import { cell, folded } from './markdown.ts'
import { COST, latencyAndMemory, ratioTable } from './ratio-table.ts'
import { type Filed, filesOf, type Results } from './results.ts'
import { joined, NOTHING, type Section, text } from './section.ts'
import { costTable, latencyTable, moreTable, threadTable } from './tables.ts'

/** Rows of a table that a reader is not asked to scroll past. */
const LONG_TABLE_ROWS = 32

/** Lists of more than these are counted. */
const LISTED_OPTIONS = 4

function optionText(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value) ?? ''
  return value.length > LISTED_OPTIONS ? `${value.length} of them` : value.map(optionText).join(' and ')
}

/** Options as the results file has them, in words. */
function optionsText(options: BenchResult['options']): string {
  return Object.entries(options)
    .filter(([name]) => name !== 'cases')
    .map(([name, value]) => `${cell(name)} ${cell(optionText(value))}`)
    .join(', ')
}

/** A table under its title: folded when it is long, or always. */
function table(title: string, lines: readonly string[], isFolded = lines.length > LONG_TABLE_ROWS): Section {
  if (lines.length === 0) return NOTHING
  return { lines: isFolded ? folded(title, lines) : [`**${title}**`, '', ...lines], drawings: [] }
}

function fileSection(
  { file, name, result }: Filed<BenchResult>,
  { own, more = [] }: BenchText,
  results: Results,
): Section {
  const { runs, options } = result
  if (runs.length === 0) return text(`${cell(file)} holds no runs.`)
  return joined(
    text(`From ${cell(file)}, commit ${cell(result.commit)}: ${optionsText(options)}.`),
    own(runs, name, results),
    table('Starling as a multiple of the others', ratioTable(runs, [...more, ...COST])),
    table('Starling as a multiple of the others: latency and memory', ratioTable(runs, latencyAndMemory(runs)), true),
    table('Cost', costTable(runs)),
    table('Latency and loss by message class', latencyTable(runs), true),
    table('Threads', threadTable(runs), true),
    table('Further figures, by their names in the results file', moreTable(runs), true),
  )
}

/** Nothing when the bench has no results yet but a line that says so. */
export function runsSection(name: string, about: BenchText, results: Results): Section {
  const parts = filesOf(results, name).map((filed) =>
    joined(filed.name === name ? text() : text(`### ${cell(filed.name)}`), fileSection(filed, about, results)),
  )
  const body = parts.length === 0 ? [text('There are no results of this bench in `bench/results`.')] : parts
  return joined(text(`## ${about.title}`), text(...about.lines), ...body)
}
