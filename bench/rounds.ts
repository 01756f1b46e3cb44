/** Runs in turn: what is compared meets the same machine within minutes, and nobody is always first. */
import { setTimeout as delay } from 'node:timers/promises'
import type { BenchRun, Variant } from './run-record.ts'
import { variantLabel } from './variant.ts'

/** For sockets and pages of the relay before to go. */
const PAUSE_MS = 500

export interface RoundsOptions {
  readonly cases: readonly string[]
  readonly variants: readonly Variant[]
  readonly rounds: number
  /** True for what a bench cannot measure of a case; it is left out. */
  readonly skips?: (caseName: string, variant: Variant) => boolean
  /** One run with a relay of its own. */
  readonly measure: (caseName: string, variant: Variant, round: number) => Promise<BenchRun>
  /** Between two runs. */
  readonly pauseMs?: number
  /** After each whole round, with all runs so far: a failure in the last one then costs only that one. */
  readonly onRound?: (runs: readonly BenchRun[]) => void
  /** Takes lines of progress; stdout unless given. */
  readonly report?: (line: string) => void
}

/**
 * Each round measures every variant of one case after the other, then those of the next case. The order turns by one
 * from round to round, so that over as many rounds as variants each is first once.
 * @returns the runs in the order they ran
 * @throws what a run threw twice in a row
 */
export async function runRounds(options: RoundsOptions): Promise<BenchRun[]> {
  const { cases, variants, rounds, skips, pauseMs = PAUSE_MS, onRound, report = reportLine } = options
  const runs: BenchRun[] = []
  for (let round = 0; round < rounds; round++) {
    for (const caseName of cases) {
      for (const variant of rotated(variants, round)) {
        if (skips?.(caseName, variant) === true) continue
        if (runs.length > 0) await delay(pauseMs)
        const run = await measureTwice(options, caseName, variant, round)
        runs.push(run)
        report(`round ${round + 1}/${rounds}  ${caseName}  ${variantLabel(variant)}: ${describe(run)}`)
      }
    }
    onRound?.(runs)
  }
  return runs
}

/** A run that fails is measured once more: a port that was taken or a mesh that formed late is no result. */
async function measureTwice(
  { measure, pauseMs = PAUSE_MS, report = reportLine }: RoundsOptions,
  caseName: string,
  variant: Variant,
  round: number,
): Promise<BenchRun> {
  try {
    return await measure(caseName, variant, round)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    report(`round ${round + 1}  ${caseName}  ${variantLabel(variant)} failed, once more: ${reason}`)
    await delay(pauseMs)
    return measure(caseName, variant, round)
  }
}

function rotated<Value>(values: readonly Value[], by: number): readonly Value[] {
  const first = values.length === 0 ? 0 : by % values.length
  return [...values.slice(first), ...values.slice(0, first)]
}

function describe({ cpuUsPerDelivery, classes, machineBusyPercent, isCrowded, generatorLagMs }: BenchRun): string {
  const latencies = classes
    .filter(({ p50Ms }) => Number.isFinite(p50Ms))
    .map(({ name, p50Ms, p99Ms }) => `${name} p50 ${p50Ms} p99 ${p99Ms} ms`)
  const crowded = isCrowded ? ', CROWDED' : ''
  return [
    `CPU ${cpuUsPerDelivery.toFixed(1)} us`,
    ...latencies,
    `machine ${machineBusyPercent.toFixed(0)} %${crowded}`,
    `generator late ${generatorLagMs.toFixed(0)} ms`,
  ].join(', ')
}

function reportLine(line: string): void {
  process.stdout.write(`${line}\n`)
}
