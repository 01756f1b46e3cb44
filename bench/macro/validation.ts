/**
 * What validating costs the network thread: the same messages through a relay that validates nothing, one that holds them
 * against what they say themselves (`blind`), and one as operators have it (`default`); and how late its event loop is
 * while more messages come than can be verified.
 */
import { FanGenerator } from '../../test/support/go-fan.ts'
import { parseMetrics } from '../../test/support/metrics-text.ts'
import { type TestNetwork, testNetwork } from '../../test/support/network-directory.ts'
import { runPaired } from '../paired.ts'
import { formatEstimate, medianTable, type TableFigure } from '../paired-table.ts'
import { changesShape, signedChanges } from '../payloads/bls-changes.ts'
import { BARS, judge } from '../report/bars.ts'
import {
  addedUs,
  networkLoopP99Ms,
  networkUsPerMessage,
  timesUnvalidated,
  VALIDATION_CASES,
} from '../report/validation-readings.ts'
import { classOf, runLossPercent } from '../run-figures.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { formatTable } from '../table.ts'
import { variantLabel } from '../variant.ts'
import { fanFigures } from './fan-figures.ts'
import { atLeast, type PairedOptions, pairedFlags, pairedVariants } from './flags.ts'
import { requireGo } from './load-generator.ts'
import { measureRelay, type TrafficFigures } from './measure-relay.ts'
import { type RelayUnderTest, startRelay } from './relay-under-test.ts'
import { attestations, blocks, fullTopic, GOSSIP_NAMES, type LoadStream } from './traffic.ts'

/** Two senders who are not of one operator, so that what must have been sent by two goes on. */
const PARTS = { peers: 10, sinksPerTopic: 8, sendersPerTopic: 2, areApart: true } as const
const COPIES = { copies: 2, spreadMs: 20 } as const
/** With slots of a second, all of this passes. */
const NETWORK: Partial<TestNetwork> = { slotSeconds: 1 }
/** 180 blocks: a relay without messages takes some CPU too, and the system counts it in steps of 10 ms. */
const SECONDS = 30
const WARMUP_SECONDS = 5
const SMALL_RATE = 1_000
/** Two of a proposer and eight in all pass in a slot. */
const BLOCK_RATE = 6
const PROPOSERS = 4
/** Beside the changes. */
const FULL_POOL_SMALL_RATE = 500
/** More than the thread for signatures verifies. */
const CHANGES_PER_SECOND = 2_000
const CHANGE = 'bls_to_execution_change'
const NAMES = [...GOSSIP_NAMES, CHANGE]
const VERIFIED = 'starling_gossip_verified_messages_total'
const METRICS_TIMEOUT_MS = 10_000

/** Signed changes, made once and sent again to each fresh relay. */
class Changes {
  readonly #ratePerSecond: number
  #signed: readonly Uint8Array[] = []

  constructor(ratePerSecond: number) {
    this.#ratePerSecond = ratePerSecond
  }

  /** Signs all of so many seconds: before a relay is there, whose connections would wait for it too long. */
  prepare(seconds: number): void {
    const count = Math.ceil(seconds * this.#ratePerSecond)
    if (this.#signed.length < count) this.#sign(count)
  }

  /** Those of a stretch of traffic, all of them other ones than those of other stretches of the same relay. */
  stream(topics: readonly string[], fromSeconds: number, seconds: number): LoadStream {
    const first = Math.round(fromSeconds * this.#ratePerSecond)
    const end = first + Math.ceil(seconds * this.#ratePerSecond)
    this.prepare(end / this.#ratePerSecond)
    const shape = changesShape(this.#signed.slice(first, end))
    return { name: 'change', topics: [fullTopic(topics, CHANGE)], ratePerSecond: this.#ratePerSecond, shape }
  }

  #sign(count: number): void {
    const more = count - this.#signed.length
    process.stdout.write(`signing ${more} changes ...\n`)
    this.#signed = [...this.#signed, ...signedChanges(testNetwork(), this.#signed.length, more)]
  }
}

type StreamsOf = (topics: readonly string[], fromSeconds: number, seconds: number) => readonly LoadStream[]

function validationCases(changes: Changes): ReadonlyMap<string, StreamsOf> {
  return new Map<string, StreamsOf>([
    [VALIDATION_CASES.small, (topics) => [attestations(topics, SMALL_RATE)]],
    [VALIDATION_CASES.block, (topics) => [blocks(topics, BLOCK_RATE, PROPOSERS)]],
    [
      VALIDATION_CASES.fullPool,
      (topics, fromSeconds, seconds) => [
        attestations(topics, FULL_POOL_SMALL_RATE),
        changes.stream(topics, fromSeconds, seconds),
      ],
    ],
  ])
}

/** Several blocks of a slot are a forgery by default; the changes are verified by default only. */
function skips(caseName: string, { validation }: Variant): boolean {
  if (caseName === VALIDATION_CASES.block) return validation === 'default'
  return caseName === VALIDATION_CASES.fullPool && validation === 'blind'
}

interface ChangeCounts {
  readonly valid: number
  readonly noRoom: number
}

/** How many changes the relay has verified, and for how many it had no room. */
async function changeCounts({ metricsUrl }: RelayUnderTest): Promise<ChangeCounts> {
  if (metricsUrl === undefined) throw new Error('the relay tells of no metrics')
  const answer = await fetch(metricsUrl, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) })
  const series = parseMetrics(await answer.text()).find(({ name }) => name === VERIFIED)?.series ?? []
  const of = (outcome: string): number =>
    series.find(({ labels }) => labels['kind'] === CHANGE && labels['outcome'] === outcome)?.value ?? 0
  return { valid: of('valid'), noRoom: of('queue_full') }
}

async function measure(
  about: { readonly case: string; readonly variant: Variant; readonly round: number },
  streamsOf: StreamsOf | undefined,
  { seconds, warmupSeconds }: PairedOptions,
): Promise<BenchRun> {
  if (streamsOf === undefined) throw new Error(`there is no case ${about.case}`)
  await using relay = await startRelay({ ...about.variant, topics: NAMES, peers: PARTS.peers, network: NETWORK })
  await using fan = await FanGenerator.start(relay, { ...PARTS, topics: relay.topics })
  if (warmupSeconds > 0) await fan.run(streamsOf(relay.topics, 0, warmupSeconds), warmupSeconds, COPIES)
  const streams = streamsOf(relay.topics, warmupSeconds, seconds)
  const traffic = async (): Promise<TrafficFigures> => {
    const before = await changeCounts(relay)
    const figures = fanFigures(await fan.run(streams, seconds, COPIES))
    const after = await changeCounts(relay)
    const more = {
      verifiedPerSecond: (after.valid - before.valid) / seconds,
      noRoomPerSecond: (after.noRoom - before.noRoom) / seconds,
    }
    return { ...figures, more: { ...figures.more, ...more } }
  }
  return await measureRelay(relay, traffic, { ...about, seconds })
}

const FIGURES: readonly TableFigure[] = [
  { header: 'network us/message', isRatio: false, of: networkUsPerMessage },
  { header: 'loop p99 ms', isRatio: false, of: networkLoopP99Ms },
  { header: 'p50 ms', isRatio: false, of: (run) => classOf(run)?.p50Ms ?? Number.NaN },
  { header: 'p99 ms', isRatio: false, of: (run) => classOf(run)?.p99Ms ?? Number.NaN },
  { header: 'loss %', isRatio: false, of: runLossPercent },
  { header: 'verified/s', isRatio: false, of: (run) => run.more?.['verifiedPerSecond'] ?? 0 },
  { header: 'no room/s', isRatio: false, of: (run) => run.more?.['noRoomPerSecond'] ?? 0 },
]

/** What each validation adds to the same round without. */
function addedTable(runs: readonly BenchRun[], cases: readonly string[], variants: readonly Variant[]): string {
  const rows = cases.flatMap((caseName) =>
    variants
      .filter(({ validation }) => validation !== 'none')
      .flatMap((variant) => {
        const added = addedUs(runs, caseName, variant)
        if (added.pairs === 0) return []
        const times = timesUnvalidated(runs, caseName, variant)
        const name = `${caseName}  ${variantLabel(variant)}`
        return [[name, String(added.pairs), formatEstimate(added), formatEstimate(times)]]
      }),
  )
  return formatTable(['beside none', 'pairs', 'added us/message', 'times'], rows)
}

/** The bars that these runs tell of. */
function barLines(runs: readonly BenchRun[]): string {
  return BARS.filter(({ bench }) => bench === 'validation')
    .flatMap((bar) => {
      const reading = bar.read(runs, bar.transport)
      if (reading === undefined) return []
      return [`${judge(bar, reading)}: ${bar.measure}: ${formatEstimate(reading)} of ${bar.limit} ${bar.unit}\n`]
    })
    .join('')
}

/** Runs the cases, prints what validation adds, and writes the runs. @throws Error without Go, or when a run fails twice */
export async function runValidation(args: string[]): Promise<void> {
  const usual = ['--relays', 'starling', '--transports', 'tcp', '--validation', 'none,blind,default']
  const extra = { changes: String(CHANGES_PER_SECOND) }
  const options = pairedFlags([...usual, ...args], { seconds: SECONDS, warmupSeconds: WARMUP_SECONDS }, extra)
  if (options.relays.join() !== 'starling') throw new Error('--relays: only starling validates')
  requireGo()
  const changesPerSecond = atLeast('changes', options.extra.changes, 1)
  const changes = new Changes(changesPerSecond)
  const cases = validationCases(changes)
  const runs = await runPaired(
    {
      name: 'validation',
      cases: [...cases.keys()],
      skips,
      about: { ...PARTS, ...COPIES, changesPerSecond, ...NETWORK },
      measure: (caseName, variant, round) => {
        if (caseName === VALIDATION_CASES.fullPool) changes.prepare(options.warmupSeconds + options.seconds)
        return measure({ case: caseName, variant, round }, cases.get(caseName), options)
      },
    },
    options,
  )
  const added = addedTable(runs, [...cases.keys()], pairedVariants(options))
  process.stdout.write(`\n${medianTable(runs, FIGURES)}\n${added}\n${barLines(runs)}`)
}
