/**
 * Many go-libp2p peers around one relay in one process (test/interop/go-peer/swarm.go), and a publisher that subscribes
 * to nothing. One clock stamps both ends of a delivery.
 */
import { goPeerBinary } from './go-build.ts'
import type { PayloadShape } from './go-payload.ts'
import type { GoView } from './go-peer.ts'
import { JsonLineProcess } from './json-line-process.ts'

export interface SwarmOptions {
  readonly peers: number
  /** Multiaddr of the relay with /p2p/; its transport is everybody's. */
  readonly relay: string
  readonly topics: readonly string[]
  readonly view: GoView
  /** How many others each peer dials; 0, the default, is a star around the relay. */
  readonly degree?: number
  readonly gossip?: { readonly d?: number; readonly dLow?: number; readonly dHigh?: number }
}

/** One kind of message at one rate, spread over its topics in turn. */
export interface SwarmStream {
  readonly name: string
  readonly topics: readonly string[]
  readonly ratePerSecond: number
  readonly shape: PayloadShape
}

export interface SwarmStreamResult {
  readonly name: string
  readonly published: number
  readonly expected: number
  readonly delivered: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** The publisher's own worst delay behind its schedule. */
  readonly maxLagMs: number
}

export interface SwarmRunResult {
  readonly streams: readonly SwarmStreamResult[]
  /** Messages that did not reach it, for each peer. */
  readonly missingByMember: readonly number[]
}

export interface SwarmMesh {
  /** Peers that have the relay in their mesh. */
  readonly with: readonly string[]
  /** Links of the peer that has the fewest. */
  readonly fewestLinks: number
}

/** Hosts are made and connected one after the other. */
const START_TIMEOUT_MS = 60_000
const RUN_GRACE_MS = 30_000
const DRAIN_MS = 3_000

export class GoSwarm implements AsyncDisposable {
  readonly peerIds: readonly string[]
  readonly #process: JsonLineProcess<never>

  private constructor(process: JsonLineProcess<never>, peerIds: readonly string[]) {
    this.#process = process
    this.peerIds = peerIds
  }

  /** Starts all peers; each is connected to the relay when this resolves, meshes may still form. */
  static async start(options: SwarmOptions): Promise<GoSwarm> {
    const { peers, relay, topics, view, degree = 0, gossip = {} } = options
    const process = new JsonLineProcess<never>(await goPeerBinary())
    const quic = relay.includes('/quic-v1')
    const args = { relay, subscribers: peers, topics, host: { tcp: !quic, quic }, gossip, view, degree }
    try {
      const { members } = await process.call<{ members: string[] }>('swarmStart', args, START_TIMEOUT_MS)
      return new GoSwarm(process, members)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /** What the peers' own gossipsub says of the relay's place in their meshes. */
  mesh(topic: string, relayId: string): Promise<SwarmMesh> {
    return this.#process.call('swarmMesh', { topic, peer: relayId })
  }

  /** Publishes for `seconds`, dated by `slots`, and waits for the last arrivals. */
  run(
    streams: readonly SwarmStream[],
    seconds: number,
    slots: { readonly genesisTimeSeconds: number; readonly slotSeconds: number },
    drainMs = DRAIN_MS,
  ): Promise<SwarmRunResult> {
    const genesisMs = slots.genesisTimeSeconds * 1000
    const args = { streams, seconds, drainMs, genesisMs, slotMs: slots.slotSeconds * 1000 }
    return this.#process.call('swarmRun', args, seconds * 1000 + drainMs + RUN_GRACE_MS)
  }

  /** Ends the process: the relay sees all connections close. Idempotent. */
  stop(): Promise<void> {
    return this.#process.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
