/**
 * A network over the world in one process, as two places in one region see it (test/interop/go-peer/geo.go): thousands of nodes
 * whose meshes are drawn and through which the ways of blocks are worked out; those of them that are peers of the relay or of a
 * default node are real, behind a proxy that takes as long as the ways between the regions. A tap, which is connected with the
 * relay alone, takes its blocks as a beacon node behind it would.
 */
import { goPeerBinary } from './go-build.ts'
import type { PayloadShape } from './go-payload.ts'
import type { GoView } from './go-peer.ts'
import { JsonLineProcess } from './json-line-process.ts'

export interface GeoOptions {
  /** Multiaddr of the relay with /p2p/. Only the tap dials it, without a delay. */
  readonly relay: string
  /** Full topic. */
  readonly topic: string
  readonly view: GoView
  /** Between regions, and within each. */
  readonly roundTripMs: readonly (readonly number[])[]
  /** Width of the range around half a round trip from which the delay of each piece is drawn. */
  readonly jitterMs: number
  /** The region of each node of the network. */
  readonly world: readonly number[]
  /** How many nodes, drawn at random, the relay may dial. */
  readonly peers: number
  /** Default nodes, each with so many peers of its own. */
  readonly defaults: number
  readonly defaultPeers: number
  /** The regions that blocks come from in turn, each from any node there that is nobody's peer. */
  readonly publishers: readonly number[]
  /** What a node takes to pass a block on. */
  readonly handlingMs: number
  /** Region of the relay and of the default nodes. */
  readonly home: number
  /** The same seed gives the same meshes, peers and publishers. */
  readonly seed: number
}

export interface GeoNode {
  readonly peerId: string
  readonly region: number
  /** Where the relay is to dial it: a door of the proxy, as far from the node as the relay's region is. */
  readonly address: string
}

/** What became of a block; times are ms since it was published, null where it never came. */
export interface GeoBlock {
  /** An index into `publishers`. */
  readonly publisher: number
  readonly slot: number
  readonly publishedUnixMs: number
  /** When the first copy would be at the relay, or at the middle one of the default nodes, if nothing but the network took time. */
  readonly defaultDueMs: number | null
  readonly relayDueMs: number | null
  /** When the middle one of the default nodes had all of it. */
  readonly defaultMs: number | null
  /** When the tap had all of it, from the relay. */
  readonly tapMs: number | null
  /** Peers of the relay that had it from the relay before the network brought it. */
  readonly served: number
}

export interface GeoRunResult {
  readonly blocks: readonly GeoBlock[]
  readonly wireBytes: number
  /** How late blocks were behind their schedule at the worst. */
  readonly maxLagMs: number
  /** Mean size of the default nodes' meshes at the end. */
  readonly defaultMesh: number
}

export interface GeoRunOptions {
  readonly blocks: number
  readonly shape: PayloadShape
  /** One block comes in each slot. */
  readonly network: { readonly genesisTimeSeconds: number; readonly slotSeconds: number }
}

interface Started {
  readonly nodes: readonly GeoNode[]
  readonly tap: string
}

/** Hosts are made one after the other, and each connection takes several round trips. */
const START_TIMEOUT_MS = 120_000
/** A block is at the farthest node a second after it was sent, or has been lost. */
const DRAIN_MS = 2_000
/** How far into its slot a block comes. */
const OFFSET_MS = 100
const RUN_GRACE_MS = 30_000

export class GoGeo implements AsyncDisposable {
  readonly nodes: readonly GeoNode[]
  /** To be made an explicit peer of the relay. */
  readonly tapId: string
  readonly #process: JsonLineProcess<never>

  private constructor(process: JsonLineProcess<never>, { nodes, tap }: Started) {
    this.#process = process
    this.nodes = nodes
    this.tapId = tap
  }

  /** Starts the network: the default nodes and the tap are connected when this resolves, meshes may still form. */
  static async start({ topic, ...options }: GeoOptions): Promise<GoGeo> {
    const process = new JsonLineProcess<never>(await goPeerBinary())
    const args = { ...options, topics: [topic], host: { tcp: true } }
    try {
      return new GoGeo(process, await process.call<Started>('geoStart', args, START_TIMEOUT_MS))
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Sends so many blocks and waits for the last arrivals. */
  run({ blocks, shape, network }: GeoRunOptions): Promise<GeoRunResult> {
    const slotMs = network.slotSeconds * 1000
    const args = {
      ...{ blocks, shape, slotMs, offsetMs: OFFSET_MS, drainMs: DRAIN_MS },
      genesisMs: network.genesisTimeSeconds * 1000,
    }
    return this.#process.call('geoRun', args, (blocks + 1) * slotMs + DRAIN_MS + RUN_GRACE_MS)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
  }
}
