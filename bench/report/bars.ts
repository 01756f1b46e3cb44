/** What Starling is to reach, in numbers, and how each is read off the runs. */
import type { BenchRun, Variant } from '../run-record.ts'
import type { Estimate } from '../statistics.ts'
import {
  apiBesideQuiet,
  blockCostBesideBetter,
  blocksBesideBetter,
  burstBesideBetter,
  burstBesideGo,
  costBesideBetter,
  growth,
  soakMemory,
  soakRise,
  sustainedBesideBetter,
} from './bar-readings.ts'
import { leadAtLoad } from './geo-readings.ts'
import { addedToBlock, addedToSmall, loopWhileVerifying } from './validation-readings.ts'

/** A figure that is held against a bar. */
export interface Reading extends Estimate {
  /** Rounds behind it, and how many of their runs met a crowded machine. */
  readonly rounds: number
  readonly crowdedRuns: number
  /** What it is a multiple of, what was looked at: for the reader. */
  readonly note: string
}

export interface Bar {
  readonly measure: string
  /** The bench whose runs tell, or one file of it: `chain-apart`. */
  readonly bench: string
  readonly transport: Variant['transport']
  readonly wanted: 'at most' | 'at least'
  readonly limit: number
  /** What we would rather have. */
  readonly aim?: number
  readonly unit: 'times' | 'MB' | 'power' | '%' | 'µs' | 'ms'
  /** It is about what validation costs; all others are held against runs without. */
  readonly isOfValidation?: boolean
  readonly read: (runs: readonly BenchRun[], transport: Variant['transport']) => Reading | undefined
}

const COST = 'CPU a delivered 240 B message at 2,000/s × 8, beside the better of Go and Rust'
const BLOCK_COST = 'CPU a delivered 120 kB message at 40/s × 8, beside the better of Go and Rust'
const BLOCK_P50 = 'p50 of 120 kB messages at 40/s × 8, beside the better of Go and Rust'
const BLOCK_P99 = 'p99 of 120 kB messages at 40/s × 8, beside the better of Go and Rust'
/** Publisher and subscribers on a processor that the relay need not use: what it does when they are on other machines. */
const APART = 'the load generator on a processor of its own'
const APART_P50 = `p50 of 120 kB messages at 40/s × 8, ${APART}, beside the better of Go and Rust`
const APART_P99 = `p99 of 120 kB messages at 40/s × 8, ${APART}, beside the better of Go and Rust`
const BURST_P50 = 'p50 of block-like messages during an attestation burst, beside the better of Go and Rust'
const BURST_P99 = 'p99 of block-like messages during an attestation burst, beside the better of Go and Rust'
/** Begun when each relay has met 60 blocks, as many as come in twelve minutes. */
const WARM = 'a minute of such bursts before'
const WARM_P50 = `p50 of block-like messages during an attestation burst, ${WARM}, beside the better of Go and Rust`
const WARM_P99 = `p99 of block-like messages during an attestation burst, ${WARM}, beside the better of Go and Rust`
const SUSTAINED = 'sustained 240 B messages a second, beside the better of Go and Rust'
const BURST = 'p99 of block-like messages during an attestation burst, beside Go'
const POLLED = 'p99 of forwarded messages with the API polled at 2,000 requests/s, beside quiet'
const MEMORY = 'RSS at 50 peers with the full mix over 30 min, largest'
const RISE = 'RSS at 50 peers with the full mix over 30 min, rise once caches are full'
const GROWTH = 'growth of cost from 10 to 64 peers at a fixed degree, as a power of the number of peers'

const EARLIER = 'a block behind the relay, ms before a default node in the same place has it'
/** Loads that operators choose among: the default, a large one, the largest. */
const GEO_LOADS = [5, 10, 20] as const

const ADDED_SMALL = 'network thread, added to an accepted 240 B message by what it says itself (tier 0)'
const ADDED_BLOCK = 'network thread, added to an accepted block of 120 kB by what it says itself (tier 0)'
const LOOP = "p99 of the network thread's event loop delay while more comes than can be verified"

export const MOST_SOAK_MB = 400
/** A line that rises by less than this over the settled part of a soak is called flat. */
const FLAT_PERCENT = 5

/** The same bar on both transports. */
function onBoth(bar: Omit<Bar, 'transport'>): readonly Bar[] {
  return [
    { ...bar, transport: 'tcp' },
    { ...bar, transport: 'quic' },
  ]
}

const COST_BAR = { measure: COST, bench: 'chain', wanted: 'at most', unit: 'times', read: costBesideBetter } as const

const BESIDE_BETTER = { wanted: 'at most', unit: 'times' } as const
const BLOCK_COST_BAR = { ...BESIDE_BETTER, measure: BLOCK_COST, bench: 'chain', read: blockCostBesideBetter } as const

const APART_BAR = { ...BESIDE_BETTER, bench: 'chain-apart' } as const

const WARM_BAR = { ...BESIDE_BETTER, bench: 'fan-warm' } as const

const VALIDATION_BAR = { bench: 'validation', transport: 'tcp', wanted: 'at most', isOfValidation: true } as const

export const BARS: readonly Bar[] = [
  { ...COST_BAR, transport: 'tcp', limit: 0.7, aim: 0.5 },
  { ...COST_BAR, transport: 'quic', limit: 1.3 },
  { ...BLOCK_COST_BAR, transport: 'tcp', limit: 1 },
  { ...BLOCK_COST_BAR, transport: 'quic', limit: 2, aim: 1 },
  ...onBoth({ ...BESIDE_BETTER, measure: BLOCK_P50, bench: 'chain', limit: 1, read: blocksBesideBetter('p50Ms') }),
  ...onBoth({ ...BESIDE_BETTER, measure: BLOCK_P99, bench: 'chain', limit: 1.1, read: blocksBesideBetter('p99Ms') }),
  ...onBoth({ ...APART_BAR, measure: APART_P50, limit: 1, read: blocksBesideBetter('p50Ms') }),
  ...onBoth({ ...APART_BAR, measure: APART_P99, limit: 1.1, read: blocksBesideBetter('p99Ms') }),
  ...onBoth({ ...BESIDE_BETTER, measure: BURST_P50, bench: 'fan', limit: 1, read: burstBesideBetter('p50Ms') }),
  ...onBoth({ ...BESIDE_BETTER, measure: BURST_P99, bench: 'fan', limit: 1.1, read: burstBesideBetter('p99Ms') }),
  ...onBoth({ ...WARM_BAR, measure: WARM_P50, limit: 1, read: burstBesideBetter('p50Ms') }),
  ...onBoth({ ...WARM_BAR, measure: WARM_P99, limit: 1.1, read: burstBesideBetter('p99Ms') }),
  ...onBoth({
    ...{ measure: SUSTAINED, bench: 'saturate', wanted: 'at least', limit: 1, unit: 'times' },
    read: sustainedBesideBetter,
  }),
  ...onBoth({
    ...{ measure: BURST, bench: 'fan', wanted: 'at most', limit: 1.1, unit: 'times' },
    read: burstBesideGo,
  }),
  ...onBoth({
    ...{ measure: POLLED, bench: 'api', wanted: 'at most', limit: 1.2, unit: 'times' },
    read: apiBesideQuiet,
  }),
  ...onBoth({ measure: MEMORY, bench: 'soak', wanted: 'at most', limit: MOST_SOAK_MB, unit: 'MB', read: soakMemory }),
  ...onBoth({ measure: RISE, bench: 'soak', wanted: 'at most', limit: FLAT_PERCENT, unit: '%', read: soakRise }),
  ...onBoth({ measure: GROWTH, bench: 'growth', wanted: 'at most', limit: 1, unit: 'power', read: growth }),
  { ...VALIDATION_BAR, measure: ADDED_SMALL, limit: 50, unit: 'µs', read: addedToSmall },
  { ...VALIDATION_BAR, measure: ADDED_BLOCK, limit: 1, unit: 'ms', read: addedToBlock },
  { ...VALIDATION_BAR, measure: LOOP, limit: 20, unit: 'ms', read: loopWhileVerifying },
  ...GEO_LOADS.map(
    (load): Bar => ({
      ...{ measure: `${EARLIER}, load ${load}`, bench: 'geo', transport: 'tcp' },
      ...{ wanted: 'at least', limit: 0, unit: 'ms', read: leadAtLoad(load) },
    }),
  ),
]

/** What can be said: `open` when nothing was measured. An interval that holds the limit leaves doubt. */
export type Verdict = 'met' | 'met, with doubt' | 'not met, with doubt' | 'not met' | 'open'

export function judge({ wanted, limit }: Pick<Bar, 'wanted' | 'limit'>, reading: Estimate | undefined): Verdict {
  if (reading === undefined || !Number.isFinite(reading.median)) return 'open'
  const meets = (value: number): boolean => (wanted === 'at most' ? value <= limit : value >= limit)
  const { median, low, high } = reading
  if (meets(median)) return meets(low) && meets(high) ? 'met' : 'met, with doubt'
  return meets(low) || meets(high) ? 'not met, with doubt' : 'not met'
}
