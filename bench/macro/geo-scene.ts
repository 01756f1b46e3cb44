/** The scene of `geo`: the relay as an operator has it, a world of peers around it, and its own word of its blocks. */
import { setTimeout as delay } from 'node:timers/promises'
import { shuffled } from '../../src/network-worker/gossip/mesh/hybrid-selection.ts'
import type { MeshReason } from '../../src/rpc/mesh-reason.ts'
import type { MeshTopicView } from '../../src/rpc/mesh-views.ts'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { BlockArrivals } from '../../test/clients/block-arrivals.ts'
import { type GeoNode, GoGeo } from '../../test/support/go-geo.ts'
import { parseMetrics, seriesValue } from '../../test/support/metrics-text.ts'
import { testNetwork } from '../../test/support/network-directory.ts'
import { StarlingProcess } from '../../test/support/starling-process.ts'
import { seededRandom } from '../statistics.ts'
import { placeNodes, REGIONS, type RegionName, regionIndex, roundTripMs, roundTripTable } from './geo-regions.ts'
import { topicFlags } from './topic-flags.ts'
import { fullTopic } from './traffic.ts'

/** A block a slot, so that its slot names it. */
export const GEO_SLOT_SECONDS = 1
const BLOCK_NAME = 'beacon_block'
/** Nodes of the network, of mainnet's order. */
export const WORLD_NODES = 10_000
/**
 * What a node takes to pass a block of this size on: what the relay of go-libp2p in `chain` takes (docs/performance.md, p50 of
 * 120 kB at 40/s over TCP). A beacon node validates too, and has a line with an end; that is left out.
 */
export const HANDLING_MS = 2
/**
 * One default node may be lucky with its peers; of five the middle one counts. A stock client has a hundred peers of whom it has
 * some eight in its mesh by chance: as by chance of thirty.
 */
export const DEFAULT_NODES = 5
export const DEFAULT_PEERS = 30
/** Of the way there and of the way back, each. */
export const JITTER_MS = 1
/** What `--max-latency-ms` takes at most: nobody is too far. */
const ANY_LATENCY_MS = 60_000
const SPARE_PEERS = 16
/** Two pings five seconds apart, and the peer manager's next look at them. */
const SETTLE_TIMEOUT_MS = 60_000
/** A dial takes some round trips: one after the other a hundred would take a minute. */
const DIALS_AT_ONCE = 8
const POLL_MS = 250

/** How the relay is set. */
export interface GeoSetting {
  readonly load: number
  /** Undefined: everybody may stay. */
  readonly maxRttMs: number | undefined
}

export interface GeoSceneOptions extends GeoSetting {
  readonly home: RegionName
  /** Peers of each of the two. */
  readonly nodes: number
  /** The same one gives the same meshes around, peers and publishers. */
  readonly seed: number
}

export interface GeoScene extends AsyncDisposable {
  readonly relay: StarlingProcess
  readonly geo: GoGeo
  readonly arrivals: BlockArrivals
  /** Peers of the network that the relay kept. */
  readonly peers: number
  /** Round trips to those in the relay's mesh now, ms. */
  readonly meshRttsMs: () => Promise<readonly number[]>
  /** Members of the relay's meshes that went for nearer ones, and in turns, until now. */
  readonly replaced: () => Promise<{ readonly swappedPeers: number; readonly turnedPeers: number }>
}

/**
 * Starts all, has the relay meet every node and part from those too far away; its mesh has yet to become what it stays.
 * @throws Error when it does not come to that
 */
export async function startGeoScene(options: GeoSceneOptions): Promise<GeoScene> {
  const { load, maxRttMs, home, nodes, seed } = options
  await using stack = new AsyncDisposableStack()
  const relay = stack.use(
    await StarlingProcess.start({
      network: testNetwork({ slotSeconds: GEO_SLOT_SECONDS }),
      flags: [
        ...['--validation', 'none', ...topicFlags([BLOCK_NAME]), '--no-quic', '--network-load', String(load)],
        ...['--target-peers', String(nodes + SPARE_PEERS), '--max-latency-ms', String(maxRttMs ?? ANY_LATENCY_MS)],
      ],
    }),
  )
  const mesh = (): Promise<readonly MeshTopicView[]> => relay.fetchJson('/mesh')
  const known = (await mesh()).map((view) => view.topic)
  const topic = fullTopic(known, BLOCK_NAME)
  const geo = stack.use(
    await GoGeo.start({
      ...{ relay: relay.address('tcp'), topic, seed, jitterMs: JITTER_MS, handlingMs: HANDLING_MS },
      view: { status: { forkDigest: topic.split('/')[2] ?? '' }, metadata: { seqNumber: 1, custodyGroupCount: 4 } },
      roundTripMs: roundTripTable(),
      world: placeNodes(WORLD_NODES),
      ...{ peers: nodes, defaults: DEFAULT_NODES, defaultPeers: DEFAULT_PEERS },
      publishers: REGIONS.map((_, region) => region),
      home: regionIndex(home),
    }),
  )
  await post(relay, `/mesh/explicit/${geo.tapId}`)
  // In no order of places: who comes first has the first places in the mesh.
  await dialAll(relay, shuffled(geo.nodes, seededRandom(seed)))
  const peers = await parted(relay, geo, options)
  const members = async (): Promise<readonly string[]> =>
    (await mesh())
      .find((view) => view.topic === topic)
      ?.peers.filter(({ explicit }) => explicit !== true)
      .map(({ peer_id }) => peer_id) ?? []
  const arrivals = stack.use(await BlockArrivals.open(relay.api))
  const owned = stack.move()
  const regions = new Map(geo.nodes.map(({ peerId, region }) => [peerId, region]))
  const meshRttsMs = async (): Promise<readonly number[]> =>
    (await members()).map((id) => roundTripMs(regionIndex(home), regions.get(id) ?? regionIndex(home)))
  const replaced = (): ReturnType<GeoScene['replaced']> => replacedPeers(relay)
  return { relay, geo, arrivals, peers, meshRttsMs, replaced, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function post(relay: StarlingProcess, path: string, body?: object): Promise<void> {
  const answer = await relay.request('POST', path, body)
  if (answer.status !== 200) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

async function replacedPeers({ api }: StarlingProcess): ReturnType<GeoScene['replaced']> {
  const families = parseMetrics(await (await fetch(`${api}/metrics`)).text())
  const of = (reason: MeshReason): number =>
    seriesValue(families, 'starling_gossip_mesh_replaced_peers_total', { reason }) ?? Number.NaN
  return { swappedPeers: of('nearer_peer'), turnedPeers: of('earlier_peer') }
}

/** Has the relay dial nodes in their order, some at once. */
async function dialAll(relay: StarlingProcess, nodes: readonly GeoNode[]): Promise<void> {
  const waiting = nodes.values()
  const dialInTurn = async (): Promise<void> => {
    for (const { address } of waiting) await post(relay, '/peers', { multiaddr: address })
  }
  await Promise.all(Array.from({ length: DIALS_AT_ONCE }, dialInTurn))
}

/** Waits until the relay has met all nodes and has those left that are near enough; answers how many. */
async function parted(relay: StarlingProcess, geo: GoGeo, { home, maxRttMs }: GeoSceneOptions): Promise<number> {
  const from = regionIndex(home)
  const near = geo.nodes.filter(({ region }) => roundTripMs(from, region) <= (maxRttMs ?? ANY_LATENCY_MS))
  const wanted = new Set(near.map(({ peerId }) => peerId))
  const all = new Set(geo.nodes.map(({ peerId }) => peerId))
  const met = new Set<string>()
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS
  while (performance.now() < deadlineMs) {
    const views = await relay.fetchJson<readonly PeerView[]>('/peers')
    const here = views.filter(({ peer_id, state }) => state === 'connected' && all.has(peer_id))
    for (const { peer_id } of here) met.add(peer_id)
    const isRight = here.length === wanted.size && here.every((view) => wanted.has(view.peer_id) && view.rtt_verified)
    if (isRight && met.size === all.size) return wanted.size
    await delay(POLL_MS)
  }
  throw new Error(`the relay met ${met.size} of ${all.size} nodes and did not part from all but ${wanted.size}`)
}
