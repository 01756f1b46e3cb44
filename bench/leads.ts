/** By how much a relay was earlier than a node beside it, block by block. */
import type { BenchRun } from './run-record.ts'
import { clusteredEstimate, type Estimate, median } from './statistics.ts'

/** ms from the relay's having a block to the other's, below 0 where the relay was later; of blocks that both had. */
export function leadsMs({ pairs = [] }: BenchRun, from?: string): readonly number[] {
  return pairs
    .filter((pair) => from === undefined || pair.from === from)
    .flatMap(({ relayMs, otherMs }) => relayMs.map((ms, index) => (otherMs[index] ?? Number.NaN) - ms))
    .filter(Number.isFinite)
}

/** The median lead over the blocks of some runs. */
export function medianLeadMs(runs: readonly BenchRun[], from?: string): Estimate {
  return clusteredEstimate(
    runs.map((run) => leadsMs(run, from)),
    median,
  )
}

/** The share of blocks that the relay had first, in percent. */
export function percentEarlier(runs: readonly BenchRun[], from?: string): Estimate {
  const percent = (leads: readonly number[]): number => (100 * leads.filter((lead) => lead > 0).length) / leads.length
  return clusteredEstimate(
    runs.map((run) => leadsMs(run, from)),
    percent,
  )
}

/** Where the blocks came from, in the order in which the runs have them. */
export function origins(runs: readonly BenchRun[]): readonly string[] {
  return [...new Set(runs.flatMap(({ pairs = [] }) => pairs.map(({ from }) => from)))]
}
