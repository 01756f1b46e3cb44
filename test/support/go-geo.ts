/**
 * A network over the world in one process (test/interop/go-peer/geo.go): go-libp2p nodes in regions, with links between them
 * that take as long as the ways between the regions; those of the relay are sockets behind a proxy. In its region a default
 * node is part of the network, and a tap, which is connected with the relay alone, takes its blocks as a beacon node behind
 * it would.
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
  /** The region of each. */
  readonly nodes: readonly number[]
  /** Those who send the blocks, in turn, by region: full nodes too, but no peers of the relay or of the default node. */
  readonly publishers: readonly number[]
  /** Region of the relay and of the default node. */
  readonly home: number
  /** How many others each dials, at random; about as many dial it. */
  readonly dials: number
  /** The same seed gives the same connections. */
  readonly seed: number
}

export interface GeoNode {
  readonly peerId: string
  readonly region: number
  /** Where the relay is to dial it: a door of the proxy, as far from the node as the relay's region is. */
  readonly address: string
  /** Connections to others of the network. */
  readonly links: number
}

/** What became of a block; times are ms since it was handed to the publisher's pubsub, null where it never came. */
export interface GeoBlock {
  /** An index into `publishers`. */
  readonly publisher: number
  readonly slot: number
  readonly publishedUnixMs: number
  /** When the default node had all of it. */
  readonly defaultMs: number | null
  /** When the tap had all of it, from the relay. */
  readonly tapMs: number | null
  /** Nodes that had it when the run ended. */
  readonly reached: number
}

export interface GeoRunResult {
  readonly blocks: readonly GeoBlock[]
  readonly wireBytes: number
  /** How late the publishers were behind their schedule at the worst. */
  readonly maxLagMs: number
  /** Size of the default node's mesh at the end. */
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
  readonly defaultLinks: number
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
  readonly defaultLinks: number
  readonly #process: JsonLineProcess<never>

  private constructor(process: JsonLineProcess<never>, { nodes, tap, defaultLinks }: Started) {
    this.#process = process
    this.nodes = nodes
    this.tapId = tap
    this.defaultLinks = defaultLinks
  }

  /** Starts the network; its members and the tap are connected when this resolves, meshes may still form. */
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
