/** The bars, and whether they are met. */
import type { BenchRun } from '../run-record.ts'
import { BARS, type Bar, judge, type Reading } from './bars.ts'
import { TRANSPORT_NAMES } from './figures.ts'
import { digits, grouped, interval, table } from './markdown.ts'
import { filesOf, type Results } from './results.ts'
import { joined, type Section, text } from './section.ts'

const UNIT_MARKS: Readonly<Record<Bar['unit'], string>> = {
  times: ' ×',
  MB: ' MB',
  power: '',
  '%': ' %',
  µs: ' µs',
  ms: ' ms',
}

/** Files that bars are held against by name: no bar of another name is read from them. */
const NAMED: ReadonlySet<string> = new Set(BARS.map(({ bench }) => bench))

/** The first results file of the bench that tells, the one without a suffix before others. */
export function readBar(bar: Bar, results: Results): Reading | undefined {
  for (const { name, result } of filesOf(results, bar.bench)) {
    if (name !== bar.bench && NAMED.has(name)) continue
    const runs = bar.isOfValidation === true ? result.runs : unvalidated(result.runs)
    const reading = bar.read(runs, bar.transport)
    if (reading !== undefined) return reading
  }
  return undefined
}

/** Other bars are held against the relay alone: what validation costs them stands in the tables. */
function unvalidated(runs: readonly BenchRun[]): readonly BenchRun[] {
  return runs.filter(({ variant }) => variant.validation === 'none')
}

function limitText({ wanted, limit, aim, unit }: Bar): string {
  const mark = UNIT_MARKS[unit]
  const sign = wanted === 'at most' ? '≤' : '≥'
  return `${sign} ${limit}${mark}${aim === undefined ? '' : `, aim ${aim}`}`
}

function readingText(bar: Bar, reading: Reading | undefined): readonly string[] {
  if (reading === undefined) return ['–', 'not measured', '–']
  const rounds =
    reading.crowdedRuns === 0 ? String(reading.rounds) : `${reading.rounds}, ${reading.crowdedRuns} crowded`
  return [`${interval(reading)}${UNIT_MARKS[bar.unit]}`, reading.note, rounds]
}

export function barsSection(results: Results): Section {
  const rows = BARS.map((bar) => {
    const reading = readBar(bar, results)
    const cells = readingText(bar, reading)
    return [bar.measure, TRANSPORT_NAMES[bar.transport], limitText(bar), ...cells, judge(bar, reading)]
  })
  const verdicts = rows.map((row) => row.at(-1) ?? '')
  const count = (wanted: string): number => verdicts.filter((verdict) => verdict.startsWith(wanted)).length
  const [met, missed, open] = [count('met'), count('not met'), count('open')]
  const are = (number: number): string => `${number} ${number === 1 ? 'is' : 'are'}`
  const have = open === 1 ? 'has' : 'have'
  return joined(
    text('## The bars'),
    text(
      `Of ${rows.length} bars ${are(met)} met, ${are(missed)} not, ${open} ${have} not been measured.`,
      '_With doubt_ means that the interval holds the bar, so that another day may say otherwise.',
    ),
    {
      lines: table(['measure', 'transport', 'bar', 'measured', 'of what', 'rounds', 'verdict'], grouped(rows)),
      drawings: [],
    },
  )
}

/** One line for a terminal. */
export function barLine(bar: Bar, results: Results): string {
  const reading = readBar(bar, results)
  const figure = reading === undefined ? 'not measured' : digits(reading.median)
  return `${judge(bar, reading)}: ${bar.measure}, ${TRANSPORT_NAMES[bar.transport]}: ${figure} (${limitText(bar)})`
}
