/**
 * Forwarding while the HTTP API is left alone, polled by dashboards, and polled hard: what of the polling do messages
 * notice? Only Starling has an API; each setting of a round has a fresh relay.
 */
import { runPaired } from '../paired.ts'
import { formatEstimate, medianTable, type TableFigure } from '../paired-table.ts'
import { moreFigure } from '../report/figures.ts'
import { classOf } from '../run-figures.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { pairedRatio } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { variantLabel } from '../variant.ts'
import { ApiPoller, POLLED_PATHS, type Polling, type PollResult } from './api-poller.ts'
import { forwardingLatency } from './api-pulses.ts'
import { type PairedOptions, pairedFlags } from './flags.ts'
import { LoadGenerator, requireGo, SUBSCRIBERS, trafficFigures } from './load-generator.ts'
import { measureRelay, type TrafficFigures } from './measure-relay.ts'
import { type RelayUnderTest, startRelay } from './relay-under-test.ts'
import { attestations, blocks } from './traffic.ts'
import { isValidated } from './validated.ts'

const CASE = '500/s and blocks'
const ATTESTATIONS_PER_SECOND = 500
/** With a block each second, the p99 of a run would be the luck of its one worst block. */
const BLOCKS_PER_SECOND = 10

const QUIET = 'quiet'
/** Five dashboards of a few readings each, and one that is broken or hostile. */
const SETTINGS: ReadonlyMap<string, Polling | undefined> = new Map([
  [QUIET, undefined],
  ['polled 50/s', { ratePerSecond: 50, connections: 5 }],
  ['polled 2000/s', { ratePerSecond: 2_000, connections: 16 }],
])

/** The relay tells of its forwarding once a slot: short ones, so that a window has many whole ones. */
const SLOT_SECONDS = 2

/** Traffic and polling side by side; the traffic's drain, seconds after the last request, is no part of either. */
async function runBoth(
  { generator, poller, relay }: Scene,
  polling: Polling | undefined,
  seconds: number,
): Promise<TrafficFigures> {
  const streams = [attestations(relay.topics, ATTESTATIONS_PER_SECOND), blocks(relay.topics, BLOCKS_PER_SECOND)]
  const fromMs = Date.now()
  const [results, polled] = await Promise.all([
    generator.run(streams, seconds),
    polling === undefined ? undefined : poller.run(polling, seconds),
  ])
  const forwarding = forwardingLatency(relay.log ?? [], SLOT_SECONDS, fromMs, fromMs + seconds * 1000)
  return { ...trafficFigures(results), more: { ...forwarding, ...pollFigures(polled) } }
}

interface Scene {
  readonly relay: RelayUnderTest
  readonly generator: LoadGenerator
  readonly poller: ApiPoller
}

function pollFigures(polled: PollResult | undefined): Readonly<Record<string, number>> {
  if (polled === undefined) return {}
  const { requests, unsent, bytes, p50Ms, p99Ms, maxMs } = polled
  return { requests, unsentRequests: unsent, answerBytes: bytes, pollP50Ms: p50Ms, pollP99Ms: p99Ms, pollMaxMs: maxMs }
}

async function measure(variant: Variant, round: number, { seconds, warmupSeconds }: PairedOptions): Promise<BenchRun> {
  const polling = SETTINGS.get(variant.setting ?? QUIET)
  await using relay = await startRelay({ ...variant, network: { slotSeconds: SLOT_SECONDS } })
  await using generator = await LoadGenerator.connect(relay)
  if (relay.apiUrl === undefined) throw new Error(`${variant.relay} has no API`)
  await using poller = await ApiPoller.start(relay.apiUrl)
  const scene = { relay, generator, poller }
  if (warmupSeconds > 0) await runBoth(scene, polling, warmupSeconds)
  return await measureRelay(relay, () => runBoth(scene, polling, seconds), { case: CASE, variant, round, seconds })
}

const p99Of =
  (className: string) =>
  (run: BenchRun): number =>
    classOf(run, className)?.p99Ms ?? Number.NaN

const FIGURES: readonly TableFigure[] = [
  { header: 'CPU us/delivery', isRatio: true, of: (run) => run.cpuUsPerDelivery },
  { header: '240 B p99 ms', isRatio: true, of: p99Of('240 B') },
  { header: '120 kB p99 ms', isRatio: true, of: p99Of('120 kB') },
  { header: 'forward p99 ms', isRatio: true, of: moreFigure('forwardP99Ms') },
  { header: 'poll p50 ms', isRatio: false, of: moreFigure('pollP50Ms') },
  { header: 'poll p99 ms', isRatio: false, of: moreFigure('pollP99Ms') },
]

/** How many times the figures of each polled variant are those of the quiet one of the same round. */
function quietRatioTable(runs: readonly BenchRun[], variants: readonly Variant[]): string {
  const shown = FIGURES.filter(({ isRatio }) => isRatio)
  const rows = variants
    .filter(({ setting }) => setting !== QUIET)
    .map((variant) => [
      `${variantLabel(variant)} / ${QUIET}`,
      ...shown.map(({ of }) => formatEstimate(pairedRatio(runs, of, variant, { ...variant, setting: QUIET }))),
    ])
  return formatTable(['ratio', ...shown.map(({ header }) => header.replace(/ (ms|us\/delivery)$/, ''))], rows)
}

/** Runs the settings in turn, prints medians and ratios, and writes the runs. @throws Error without Go, or when a run fails twice */
export async function runApi(args: string[]): Promise<void> {
  const options = pairedFlags(['--relays', 'starling', ...args], { seconds: 20, warmupSeconds: 5 })
  if (options.relays.join() !== 'starling') throw new Error('--relays: only starling has an API')
  if (isValidated(options)) throw new Error(`--validation: no slot has ${BLOCKS_PER_SECOND * SLOT_SECONDS} blocks`)
  requireGo()
  const variants = options.transports.flatMap((transport) =>
    options.validations.flatMap((validation) =>
      [...SETTINGS.keys()].map((setting) => ({ relay: 'starling', transport, validation, setting }) as const),
    ),
  )
  const runs = await runPaired(
    {
      name: 'api',
      cases: [CASE],
      variants,
      about: { subscribers: SUBSCRIBERS, paths: POLLED_PATHS, blocksPerSecond: BLOCKS_PER_SECOND },
      measure: (_caseName, variant, round) => measure(variant, round, options),
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs, FIGURES)}\n${quietRatioTable(runs, variants)}`)
}
