/** What validation adds, as the bars and tables have it. */
import type { BenchRun, Variant } from '../run-record.ts'
import { type PairedRatio, pairedDifference, pairedRatio } from '../statistics.ts'
import type { Reading } from './bars.ts'
import { estimateOf, type Figure, runsOf } from './figures.ts'
import { interval } from './markdown.ts'

export const VALIDATION_CASES = {
  small: '240 B at 1000/s',
  block: '120 kB at 6/s',
  fullPool: 'more changes than can be verified',
} as const
/** As the relay calls it, and the system. */
const NETWORK_THREAD = 'network'

/** CPU of the network thread divided by the messages that came, each of which went to eight peers. */
export const networkUsPerMessage: Figure = ({ threads, classes }) => {
  const cpuMs = threads.find(({ name }) => name === NETWORK_THREAD)?.cpuMs ?? Number.NaN
  const published = classes.reduce((sum, one) => sum + one.published, 0)
  return published > 0 ? (1000 * cpuMs) / published : Number.NaN
}

/** p99 of how late the network thread came to its timers. */
export const networkLoopP99Ms: Figure = ({ threads }) =>
  threads.find(({ name }) => name === NETWORK_THREAD)?.loopDelayP99Ms ?? Number.NaN

const unvalidated = (variant: Variant): Variant => ({ ...variant, validation: 'none' })

/** Network thread's µs a message above those of the same round with nothing validated. */
export function addedUs(runs: readonly BenchRun[], caseName: string, variant: Variant): PairedRatio {
  return pairedDifference(ofCase(runs, caseName), networkUsPerMessage, variant, unvalidated(variant))
}

/** The same as a multiple. */
export function timesUnvalidated(runs: readonly BenchRun[], caseName: string, variant: Variant): PairedRatio {
  return pairedRatio(ofCase(runs, caseName), networkUsPerMessage, variant, unvalidated(variant))
}

function ofCase(runs: readonly BenchRun[], caseName: string): readonly BenchRun[] {
  return runs.filter((run) => run.case === caseName)
}

function crowdedOf(runs: readonly BenchRun[]): number {
  return runs.filter(({ isCrowded }) => isCrowded).length
}

/** Tier 0 is what `blind` asks for. */
function tierZero(transport: Variant['transport']): Variant {
  return { relay: 'starling', transport, validation: 'blind' }
}

function addedReading(
  runs: readonly BenchRun[],
  caseName: string,
  transport: Variant['transport'],
): Reading | undefined {
  const variant = tierZero(transport)
  const added = addedUs(runs, caseName, variant)
  if (added.pairs === 0) return undefined
  const behind = [...runsOf(runs, caseName, variant), ...runsOf(runs, caseName, unvalidated(variant))]
  const note = `${interval(timesUnvalidated(runs, caseName, variant))} × of nothing validated`
  return { ...added, rounds: added.pairs, crowdedRuns: crowdedOf(behind), note }
}

/** µs a small message. */
export function addedToSmall(runs: readonly BenchRun[], transport: Variant['transport']): Reading | undefined {
  return addedReading(runs, VALIDATION_CASES.small, transport)
}

/** ms a block. */
export function addedToBlock(runs: readonly BenchRun[], transport: Variant['transport']): Reading | undefined {
  const us = addedReading(runs, VALIDATION_CASES.block, transport)
  if (us === undefined) return undefined
  return { ...us, median: us.median / 1000, low: us.low / 1000, high: us.high / 1000 }
}

export function loopWhileVerifying(runs: readonly BenchRun[], transport: Variant['transport']): Reading | undefined {
  const variant: Variant = { relay: 'starling', transport, validation: 'default' }
  const own = runsOf(runs, VALIDATION_CASES.fullPool, variant).filter((run) => Number.isFinite(networkLoopP99Ms(run)))
  if (own.length === 0) return undefined
  const verified = estimateOf(own, ({ more }) => more?.['verifiedPerSecond'] ?? Number.NaN)
  const note = `${interval(verified)} verified a second`
  return { ...estimateOf(own, networkLoopP99Ms), rounds: own.length, crowdedRuns: crowdedOf(own), note }
}
