/**
 * How the cost of a delivery grows with the number of peers when degree and rate stay: more connections, subscriptions,
 * heartbeats and gossip, but the same messages to as many.
 */
import { FanGenerator } from '../../test/support/go-fan.ts'
import { runPaired } from '../paired.ts'
import { medianTable, ratioTable } from '../paired-table.ts'
import { growthOf } from '../report/growth-exponent.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { formatTable } from '../table.ts'
import { variantLabel } from '../variant.ts'
import { fanFigures, withCostPerCopy } from './fan-figures.ts'
import { type PairedOptions, pairedFlags, pairedVariants } from './flags.ts'
import { requireGo } from './load-generator.ts'
import { measureRelay } from './measure-relay.ts'
import { startRelay } from './relay-under-test.ts'
import { attestations } from './traffic.ts'

/** The smallest is the mesh itself. */
const PEERS = [10, 16, 32, 64]
/** Ten in each mesh, which is D of network load 5. */
const DEGREE = { sinksPerTopic: 6, sendersPerTopic: 4 } as const
/** Three of four arrivals are duplicates, within the spread of the mix. */
const COPIES = { copies: 4, spreadMs: 115 } as const
const RATE_PER_SECOND = 500

async function measure(
  peers: number,
  about: { readonly case: string; readonly variant: Variant; readonly round: number },
  { seconds, warmupSeconds }: PairedOptions,
): Promise<BenchRun> {
  await using relay = await startRelay({ ...about.variant, peers })
  await using fan = await FanGenerator.start(relay, { peers, topics: relay.topics, ...DEGREE })
  const streams = [attestations(relay.topics, RATE_PER_SECOND)]
  if (warmupSeconds > 0) await fan.run(streams, warmupSeconds, COPIES)
  const traffic = async () => fanFigures(await fan.run(streams, seconds, COPIES))
  const run = withCostPerCopy(await measureRelay(relay, traffic, { ...about, seconds }))
  return { ...run, more: { ...run.more, peers } }
}

function growthTable(runs: readonly BenchRun[], variants: readonly Variant[]): string {
  const rows = variants.map((variant) => {
    const growth = growthOf(runs, variant)
    const digits = growth === undefined ? [] : [growth.median, growth.low, growth.high].map((value) => value.toFixed(2))
    return [variantLabel(variant), digits.length === 0 ? 'unknown' : `${digits[0]} [${digits[1]}, ${digits[2]}]`]
  })
  return formatTable(['relay', 'e of CPU a delivery ~ peers^e'], rows)
}

/** Runs the cases, prints medians, ratios and growth, and writes the runs. @throws Error without Go, or when a relay fails twice */
export async function runGrowth(args: string[]): Promise<void> {
  const options = pairedFlags(args, { seconds: 15, warmupSeconds: 5 })
  requireGo()
  const cases = new Map(PEERS.map((peers) => [`${peers} peers`, peers]))
  const runs = await runPaired(
    {
      name: 'growth',
      cases: [...cases.keys()],
      about: { ...DEGREE, ...COPIES, ratePerSecond: RATE_PER_SECOND },
      measure: (caseName, variant, round) =>
        measure(cases.get(caseName) ?? 0, { case: caseName, variant, round }, options),
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs)}\n${ratioTable(runs)}\n${growthTable(runs, pairedVariants(options))}`)
}
