/**
 * Fifty peers around the relay and the messages of mainnet in the rhythm of its slots, four copies of five duplicates: what
 * a delivery costs, how late each class is, and at which multiple of mainnet's rates the relay reaches its knee. In the
 * cases called `burst` blocks and columns come in the midst of attestations.
 */
import { FanGenerator, type FanStream } from '../../test/support/go-fan.ts'
import { runPaired } from '../paired.ts'
import { medianTable, ratioTable, type TableFigure } from '../paired-table.ts'
import { numberIn } from '../report/figures.ts'
import { kneeOf, mixCases } from '../report/knee.ts'
import { classOf, runLossPercent } from '../run-figures.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { formatTable } from '../table.ts'
import { variantLabel } from '../variant.ts'
import { burstTraffic, MIX_COPIES, MIX_NAMES, MIX_PARTS, MIX_SLOT_SECONDS, mixTraffic } from './eth2-mix.ts'
import { fanFigures, withCostPerCopy } from './fan-figures.ts'
import { atLeast, type PairedOptions, pairedFlags, pairedVariants } from './flags.ts'
import { requireGo } from './load-generator.ts'
import { measureRelay } from './measure-relay.ts'
import { startRelay } from './relay-under-test.ts'
import { wholeSlots } from './validated.ts'

/** Doubling from mainnet's rates on: the knee is known to a factor of two, or better with `--multiples`. */
const MULTIPLES = '1,2,4,8'
/**
 * Attestations at 2,140 and 4,280 a second, each in five copies and to eight sinks, for half a second. At the second rate
 * two cores have no time left for relay and generator.
 */
const BURSTS = [2, 4]
/** Ten slots: p99 of eighty deliveries of blocks in a run, of 400 over five. */
const SECONDS = 10 * MIX_SLOT_SECONDS
/** Two slots: a relay that has just started. What only blocks go through is compiled after 40 of them (ADR 31). */
const WARMUP_SECONDS = 2 * MIX_SLOT_SECONDS

/** Beyond this multiple there are more aggregates and sync messages than a relay lets pass unverified. */
const MOST_VALIDATED = 8

type StreamsOf = (topics: readonly string[]) => readonly FanStream[]

/** @throws Error for a multiple that is no positive number */
function fanCases(multiples: string): ReadonlyMap<string, StreamsOf> {
  const numbers = multiples.split(',').map((text) => atLeast('multiples', text, 0.01))
  const mixes = numbers
    .sort((one, other) => one - other)
    .map((multiple): [string, StreamsOf] => [`mix x${multiple}`, (topics) => mixTraffic(topics, multiple)])
  const bursts = BURSTS.map((multiple): [string, StreamsOf] => [
    `burst x${multiple}`,
    (topics) => burstTraffic(topics, multiple),
  ])
  return new Map([...mixes, ...bursts])
}

async function measure(
  about: { readonly case: string; readonly variant: Variant; readonly round: number },
  streamsOf: StreamsOf | undefined,
  { seconds, warmupSeconds }: PairedOptions,
): Promise<BenchRun> {
  if (streamsOf === undefined) throw new Error(`there is no case ${about.case}`)
  const network = { slotSeconds: MIX_SLOT_SECONDS }
  await using relay = await startRelay({ ...about.variant, topics: MIX_NAMES, peers: MIX_PARTS.peers, network })
  await using fan = await FanGenerator.start(relay, { ...MIX_PARTS, topics: relay.topics })
  const streams = streamsOf(relay.topics)
  if (warmupSeconds > 0) {
    await wholeSlots(about.variant, relay.network)
    await fan.run(streams, warmupSeconds, MIX_COPIES)
  }
  await wholeSlots(about.variant, relay.network)
  // Past the knee a relay may let go of peers: one such run shall not end the bench.
  const traffic = async () => fanFigures(await fan.run(streams, seconds, MIX_COPIES), { mayLoseLinks: true })
  return withCostPerCopy(await measureRelay(relay, traffic, { ...about, seconds }))
}

/** Whether the case has more than a relay with that validation lets pass. */
function isBeyond(caseName: string, { validation }: Variant): boolean {
  if (validation === 'none') return false
  return caseName.startsWith('burst') ? validation === 'default' : numberIn(caseName) > MOST_VALIDATED
}

function p99Of(className: string): TableFigure {
  return { header: `${className} p99 ms`, isRatio: true, of: (run) => classOf(run, className)?.p99Ms ?? Number.NaN }
}

const FIGURES: readonly TableFigure[] = [
  { header: 'CPU us/delivery', isRatio: true, of: (run) => run.cpuUsPerDelivery },
  { header: 'block p50 ms', isRatio: true, of: (run) => classOf(run, 'block')?.p50Ms ?? Number.NaN },
  ...['block', 'column', 'attestation'].map(p99Of),
  { header: 'loss %', isRatio: false, of: runLossPercent },
  { header: 'links lost', isRatio: false, of: (run) => run.more?.['meshLinksLost'] ?? 0 },
  { header: 'RSS MB', isRatio: true, of: (run) => run.rssMb },
  { header: 'MB spared by IDONTWANT', isRatio: false, of: (run) => (run.more?.['bytesSparedByIdontwant'] ?? 0) / 1e6 },
]

function kneeTable(runs: readonly BenchRun[], variants: readonly Variant[]): string {
  const rows = variants.map((variant) => {
    const knee = kneeOf(runs, variant)
    const text = knee === undefined ? 'below the lowest' : `${knee.caseName}${knee.isLast ? ', the highest' : ''}`
    return [variantLabel(variant), text]
  })
  return formatTable(['relay', 'last without loss or late blocks'], rows)
}

/** Runs the cases, prints medians, ratios and knees, and writes the runs. @throws Error without Go, or when a relay fails twice */
export async function runFan(args: string[]): Promise<void> {
  const defaults = { seconds: SECONDS, warmupSeconds: WARMUP_SECONDS }
  const options = pairedFlags(args, defaults, { multiples: MULTIPLES })
  requireGo()
  const cases = fanCases(options.extra.multiples)
  const runs = await runPaired(
    {
      name: 'fan',
      cases: [...cases.keys()],
      about: { ...MIX_PARTS, ...MIX_COPIES, slotSeconds: MIX_SLOT_SECONDS },
      skips: isBeyond,
      measure: (caseName, variant, round) => measure({ case: caseName, variant, round }, cases.get(caseName), options),
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs, FIGURES)}\n${ratioTable(runs, FIGURES)}`)
  if (mixCases(runs).length > 0) process.stdout.write(`\n${kneeTable(runs, pairedVariants(options))}`)
}
