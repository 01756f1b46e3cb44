/**
 * One publisher and eight subscribers that are a round trip away from the relay: when a block is there, over TCP as the system
 * controls it and over QUIC. Loopback has no round trips, and what needs one or ten looks alike there.
 */
import { runPaired } from '../paired.ts'
import { medianTable, ratioTable } from '../paired-table.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { congestionControls, FAR_RANGE, FarLink, type FarLinkOptions } from './far-link.ts'
import { type PairedOptions, pairedFlags } from './flags.ts'
import { LoadGenerator, requireGo, SUBSCRIBERS, trafficFigures } from './load-generator.ts'
import { measureRelay } from './measure-relay.ts'
import { runInside } from './own-network.ts'
import { startRelay } from './relay-under-test.ts'
import { attestations, blocks } from './traffic.ts'

/** A near peer, and one on another continent. */
const ROUND_TRIPS_MS = [10, 100]
/** Linux's own is cubic, which a namespace may not have; without loss reno is no different. */
const USUAL_CONTROL = 'reno'
/** What many hosts are set to. */
const PACING_CONTROL = 'bbr'
/** Votes keep connections from falling silent, as those of a slot do in its middle. */
const VOTES_PER_SECOND = 100
/**
 * A window grows with blocks, and with QUIC only as far as one of them needs when it comes alone, as on mainnet: each is to be
 * there, and acknowledged, when the next one leaves.
 */
const WARMUP_BLOCKS_PER_SECOND = 1
const BLOCKS_PER_SECOND = 0.5

/** Each has its first block after a while; with the subscribers as many as fit in a mesh at the load of the benches. */
const NEWCOMERS = 8
const SUBSCRIBERS_OF_NEWCOMERS = 5
/** Two slots: in the last part of each a relay may see to its peers. */
const SETTLING_SECONDS = 26

interface FarCase extends FarLinkOptions {
  readonly name: string
  readonly votesPerSecond: number
  readonly newcomers?: number
}

function cases(): ReadonlyMap<string, FarCase> {
  const allowed = congestionControls()
  const all = ROUND_TRIPS_MS.flatMap((roundTripMs): readonly FarCase[] => {
    const usual = { roundTripMs, congestionControl: USUAL_CONTROL, votesPerSecond: VOTES_PER_SECOND }
    return [
      { ...usual, name: `${roundTripMs} ms, ${USUAL_CONTROL}` },
      // At night on a small network, before the block of each slot, and on a relay that is in few topics.
      { ...usual, name: `${roundTripMs} ms, ${USUAL_CONTROL}, no votes`, votesPerSecond: 0 },
      // Who never had a block for us has the next one.
      { ...usual, name: `${roundTripMs} ms, ${USUAL_CONTROL}, newcomers`, newcomers: NEWCOMERS },
      { ...usual, name: `${roundTripMs} ms, ${PACING_CONTROL}`, congestionControl: PACING_CONTROL },
    ]
  })
  return new Map(all.filter((one) => allowed.includes(one.congestionControl)).map((one) => [one.name, one]))
}

async function measure(
  link: FarCase,
  variant: Variant,
  round: number,
  { seconds, warmupSeconds }: PairedOptions,
): Promise<BenchRun> {
  await using far = await FarLink.open(link)
  // All peers are at one address.
  const flags = ['--ip-limit-exempt', FAR_RANGE]
  await using relay = await startRelay({ ...variant, flags })
  const { newcomers } = link
  const hosts = newcomers === undefined ? {} : { newcomers, subscribers: SUBSCRIBERS_OF_NEWCOMERS }
  await using generator = await LoadGenerator.connect({ ...relay, address: far.farAddress(relay.address) }, hosts)
  // Tables show the first.
  const streams = (blocksPerSecond: number, ofNewcomers = false) => [
    { ...blocks(relay.topics, blocksPerSecond), ofNewcomers },
    ...(link.votesPerSecond === 0 ? [] : [attestations(relay.topics, link.votesPerSecond)]),
  ]
  if (warmupSeconds > 0) {
    const settlingSeconds = newcomers === undefined ? warmupSeconds : Math.max(warmupSeconds, SETTLING_SECONDS)
    await generator.run(streams(WARMUP_BLOCKS_PER_SECOND), settlingSeconds)
  }
  // Once each: the second is no newcomer's.
  const measuredSeconds = Math.min(seconds, (newcomers ?? Number.POSITIVE_INFINITY) / BLOCKS_PER_SECOND)
  const isOfNewcomers = newcomers !== undefined
  const traffic = async () =>
    trafficFigures(await generator.run(streams(BLOCKS_PER_SECOND, isOfNewcomers), measuredSeconds))
  const run = await measureRelay(relay, traffic, { case: link.name, round, variant, seconds })
  await far.requireNoLoss()
  return run
}

/** Runs the cases, prints medians and ratios, and writes the runs. @throws Error without Go, where no namespace can be had, or when a relay fails twice */
export async function runFar(args: string[]): Promise<void> {
  requireGo()
  await runInside('far', args, runFarInside)
}

async function runFarInside(args: string[]): Promise<void> {
  const options = pairedFlags(args, { seconds: 20, warmupSeconds: 15, rounds: 3 })
  const links = cases()
  const runs = await runPaired(
    {
      name: 'far',
      cases: [...links.keys()],
      about: { subscribers: SUBSCRIBERS, votesPerSecond: VOTES_PER_SECOND, blocksPerSecond: BLOCKS_PER_SECOND },
      // The system's control is of its TCP alone.
      skips: (name, { transport }) => transport === 'quic' && links.get(name)?.congestionControl !== USUAL_CONTROL,
      measure: async (name, variant, round) => {
        const link = links.get(name)
        if (link === undefined) throw new Error(`there is no case ${name}`)
        return await measure(link, variant, round, options)
      },
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs)}\n${ratioTable(runs)}`)
}
