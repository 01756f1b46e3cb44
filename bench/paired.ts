/** What every bench that compares relays does with its flags and its runs. */
import { type PairedOptions, pairedVariants } from './macro/flags.ts'
import { writeBenchResult } from './results-file.ts'
import { type RoundsOptions, runRounds } from './rounds.ts'
import type { BenchRun, Variant } from './run-record.ts'
import { requireNoLoss } from './smoke.ts'

export interface PairedBench {
  /** First part of the results file's name. */
  readonly name: string
  /** All of them; `--only` chooses. */
  readonly cases: readonly string[]
  readonly measure: RoundsOptions['measure']
  /** Those of the flags unless the bench has its own. */
  readonly variants?: readonly Variant[]
  /** What it cannot measure, and so leaves out. */
  readonly skips?: NonNullable<RoundsOptions['skips']>
  /** Added to the options that the results file tells of. */
  readonly about?: Readonly<Record<string, unknown>>
}

/**
 * Runs the rounds that the flags ask for; results are written after each round, if at all.
 * @throws Error when no case is called what `--only` asks for, or none can be measured of the variants that are, what a run threw twice, or under --smoke what was lost
 */
export async function runPaired(bench: PairedBench, options: PairedOptions): Promise<readonly BenchRun[]> {
  const { only, rounds, resultSuffix } = options
  const { measure, skips = () => false, variants = pairedVariants(options) } = bench
  const cases = bench.cases.filter((name) => name.includes(only))
  if (cases.length === 0) throw new Error(`no case is called ${only}: ${bench.cases.join(', ')}`)
  if (cases.every((name) => variants.every((variant) => skips(name, variant)))) {
    throw new Error(`a relay with this validation does not let pass what ${bench.name} sends in ${cases.join(', ')}`)
  }
  const { seconds, warmupSeconds } = options
  const about = { cases, rounds, seconds, warmupSeconds, ...bench.about }
  const onRound = (runs: readonly BenchRun[]): void => {
    if (resultSuffix !== undefined) writeBenchResult(bench.name, about, runs, resultSuffix)
  }
  const runs = await runRounds({ cases, variants, rounds, measure, skips, onRound })
  if (options.isSmoke) requireNoLoss(runs)
  return runs
}
