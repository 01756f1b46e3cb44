/**
 * A network over the world on one machine: when does a relay in some place hold each block, beside a default node in the
 * same place? Blocks come from all regions in turn, the same ones to both.
 */
import type { GeoRunResult } from '../../test/support/go-geo.ts'
import { leadsMs, medianLeadMs, origins, percentEarlier } from '../leads.ts'
import { runPaired } from '../paired.ts'
import { formatEstimate } from '../paired-table.ts'
import { blockShape } from '../payloads/proposals.ts'
import type { BenchRun, PairedArrivals, Variant } from '../run-record.ts'
import { estimate, median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { atLeast, type PairedOptions, pairedFlags, someOf } from './flags.ts'
import { blockClassFigures, geoFigures, pairedArrivals } from './geo-figures.ts'
import { type RegionName, regionIndex } from './geo-regions.ts'
import {
  DEFAULT_NODES,
  DEFAULT_PEERS,
  GEO_SLOT_SECONDS,
  type GeoScene,
  type GeoSetting,
  HANDLING_MS,
  JITTER_MS,
  startGeoScene,
  WORLD_NODES,
} from './geo-scene.ts'
import { requireGo } from './load-generator.ts'
import { measureRelay, type TrafficFigures } from './measure-relay.ts'
import { cpuTimeUs } from './process-usage.ts'

/** The two regions with the most nodes, on either side of the Atlantic, and one that is far from both. */
const PLACES = ['Frankfurt', 'Virginia', 'Singapore'] as const satisfies readonly RegionName[]
const USUAL_PLACES = 'Frankfurt,Virginia'
const caseOf = (place: RegionName): string => `relay in ${place}`

/** The load whose mesh is of the default node's size runs without a limit: what is left is the choice of peers. */
const UNLIMITED_LOAD = 4

/** SSZ; about half as much on the wire. */
const BLOCK_BYTES = 120_000
/**
 * Networks differ by 2 ms in Frankfurt and by 4 in Virginia (standard deviation of a run's median lead, worked out for 24), and the
 * blocks of such a window within one by 1.9 more: a run of 45 blocks in each of two networks tells more than one of 90.
 */
const WINDOW_SECONDS = 45
/** Six looks of what makes a mesh better, with blocks, by which it judges its members. */
const WARMUP_SECONDS = 70

interface GeoOptions extends PairedOptions {
  readonly nodes: number
  readonly places: readonly RegionName[]
  readonly settings: ReadonlyMap<string, GeoSetting>
}

function settingsOf(loads: string, maxRttMs: number): ReadonlyMap<string, GeoSetting> {
  const settings = loads.split(',').map((text): readonly [string, GeoSetting] => {
    const load = Math.floor(atLeast('loads', text, 1))
    if (load === UNLIMITED_LOAD) return [`load ${load}, any RTT`, { load, maxRttMs: undefined }]
    return [`load ${load}, RTT to ${maxRttMs} ms`, { load, maxRttMs }]
  })
  return new Map(settings)
}

function parseOptions(args: string[]): GeoOptions {
  const defaults = { seconds: WINDOW_SECONDS, warmupSeconds: WARMUP_SECONDS, rounds: 3 }
  // The latency limit is the relay's default.
  const extra = { nodes: '100', loads: `${UNLIMITED_LOAD},5,10,20`, 'max-rtt': '150', places: USUAL_PLACES }
  const options = pairedFlags(['--relays', 'starling', '--transports', 'tcp', ...args], defaults, extra)
  const { relays, transports, validations } = options
  if (relays.join() !== 'starling') throw new Error('--relays: a default node is beside Starling in each run')
  if (transports.join() !== 'tcp') throw new Error('--transports: the delays are put between TCP sockets')
  if (validations.join() !== 'none') throw new Error('--validation: the default node validates nothing either')
  const { nodes, loads, 'max-rtt': maxRtt, places } = options.extra
  return {
    ...options,
    nodes: Math.floor(atLeast('nodes', nodes, 2)),
    places: someOf('places', places, PLACES),
    settings: settingsOf(loads, atLeast('max-rtt', maxRtt, 1)),
  }
}

/** A block a slot for so long. */
function send({ geo, relay }: GeoScene, seconds: number): Promise<GeoRunResult> {
  const shape = blockShape(BLOCK_BYTES, 1)
  return geo.run({ blocks: Math.ceil(seconds / GEO_SLOT_SECONDS), shape, network: relay.network })
}

async function measure(caseName: string, variant: Variant, round: number, options: GeoOptions): Promise<BenchRun> {
  const { nodes, places, settings, seconds, warmupSeconds } = options
  const home = places.find((place) => caseOf(place) === caseName)
  const setting = settings.get(variant.setting ?? '')
  if (home === undefined || setting === undefined) throw new Error(`there is no ${caseName} with ${variant.setting}`)
  // All settings of a round meet the same network, and each round another one.
  await using scene = await startGeoScene({ ...setting, home, nodes, seed: round + 1 })
  const { relay, geo, arrivals, peers, meshRttsMs, replaced } = scene
  if (warmupSeconds > 0) await send(scene, warmupSeconds)
  let pairs: readonly PairedArrivals[] = []
  const traffic = async (): Promise<TrafficFigures> => {
    const beforeUs = cpuTimeUs(geo.pid)
    const result = await send(scene, seconds)
    const networkCpuMsPerBlock = (cpuTimeUs(geo.pid) - beforeUs) / 1000 / result.blocks.length
    pairs = pairedArrivals(result.blocks)
    const figures = geoFigures(result, { arrivals: arrivals.seen, nodes: geo.nodes, home: regionIndex(home) })
    const rttsMs = await meshRttsMs()
    const sizes = { mesh: rttsMs.length, meshRttMs: median(rttsMs), peers, defaultPeers: DEFAULT_PEERS }
    const more = { ...figures, ...sizes, ...(await replaced()), networkCpuMsPerBlock }
    return { classes: [blockClassFigures(result)], lagMs: result.maxLagMs, more }
  }
  const about = { case: caseName, variant, round, seconds }
  const run = await measureRelay({ pid: relay.pid, metricsUrl: `${relay.api}/metrics` }, traffic, about)
  return { ...run, pairs }
}

/** Runs of one case and setting, in the order in which they first came. */
function groups(runs: readonly BenchRun[]): readonly (readonly BenchRun[])[] {
  return [...Map.groupBy(runs, (run) => `${run.case}  ${run.variant.setting}`).values()]
}

function leadTable(runs: readonly BenchRun[]): string {
  const rows = groups(runs).map((own) => {
    const more = (name: string): string => formatEstimate(estimate(own.map((run) => run.more?.[name] ?? Number.NaN)))
    return [
      `${own[0]?.case}  ${own[0]?.variant.setting}`,
      String(own.length),
      formatEstimate(medianLeadMs(own)),
      formatEstimate(percentEarlier(own)),
      formatEstimate(estimate(own.map(({ classes }) => classes[0]?.p50Ms ?? Number.NaN))),
      ...['defaultP50Ms', 'dueEarlierMs', 'relayTookMs', 'defaultTookMs'].map(more),
      ...['firstSenderRttMs', 'meshRttMs', 'swappedPeers', 'turnedPeers', 'mesh', 'defaultMesh'].map(more),
    ]
  })
  const header = ['case', 'runs', 'earlier ms', 'earlier %', 'p50 ms', 'default p50 ms']
  const parts = [
    'due earlier ms',
    'relay took ms',
    'default took ms',
    'first sender RTT ms',
    'mesh RTT ms',
    'swapped',
    'turned',
    'mesh',
    'default mesh',
  ]
  return formatTable([...header, ...parts], rows)
}

/** The median lead by where blocks came from. */
function originTable(runs: readonly BenchRun[]): string {
  const from = origins(runs)
  const rows = groups(runs).map((own) => [
    `${own[0]?.case}  ${own[0]?.variant.setting}`,
    ...from.map((origin) => median(own.flatMap((run) => leadsMs(run, origin))).toFixed(1)),
  ])
  return formatTable(['earlier ms, blocks from', ...from], rows)
}

/** Runs the settings in turn, prints what they come to, and writes the runs. @throws Error without Go, or when a run fails twice */
export async function runGeo(args: string[]): Promise<void> {
  const options = parseOptions(args)
  requireGo()
  const { nodes, places, settings } = options
  const variants = [...settings.keys()].map(
    (setting) => ({ relay: 'starling', transport: 'tcp', validation: 'none', setting }) as const,
  )
  const runs = await runPaired(
    {
      name: 'geo',
      cases: places.map(caseOf),
      variants,
      about: {
        nodes,
        ...{ world: WORLD_NODES, defaultNodes: DEFAULT_NODES, defaultPeers: DEFAULT_PEERS },
        handlingMs: HANDLING_MS,
        jitterMs: JITTER_MS,
        settings: [...settings.keys()],
      },
      measure: (caseName, variant, round) => measure(caseName, variant, round, options),
    },
    options,
  )
  process.stdout.write(`\n${leadTable(runs)}\n${originTable(runs)}`)
}
