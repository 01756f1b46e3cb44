/**
 * The cheap load generator of the benches: go-libp2p peers around one relay that write and read gossipsub's frames by
 * themselves (test/interop/go-peer/fan.go), so that making the load costs little beside the relay that is measured.
 * One process, so that one clock stamps both ends.
 */
import { goPeerBinary } from './go-build.ts'
import type { PayloadShape } from './go-payload.ts'
import type { GoView } from './go-peer.ts'
import { JsonLineProcess } from './json-line-process.ts'

/** What the fan needs to know of a relay. */
export interface FanRelay {
  /** Multiaddr with /p2p/; its transport is everybody's. */
  readonly address: string
  readonly network: { readonly genesisTimeSeconds: number; readonly slotSeconds: number }
}

export interface FanOptions {
  /** At most 256. */
  readonly peers: number
  /** Full topics; every peer subscribes to all. */
  readonly topics: readonly string[]
  /** Peers that only receive a topic, and others that send to it; the relay's mesh of the topic holds both. */
  readonly sinksPerTopic: number
  readonly sendersPerTopic: number
  /** Each peer has a network (/16) and an agent of its own, as if they were of different operators. Default false. */
  readonly areApart?: boolean
  /** Default: a status of the topics' digest. */
  readonly view?: GoView
  /** How long the meshes may take to form. Default 30 s. */
  readonly meshTimeoutMs?: number
}

interface FanMessages {
  readonly name: string
  /** Full topics, used in turn. */
  readonly topics: readonly string[]
  readonly shape: PayloadShape
}

/** Messages at a steady rate. */
export interface SteadyStream extends FanMessages {
  readonly ratePerSecond: number
}

/** So many messages a slot, on average, at random moments from `fromMs` into the slot on, over `overMs`. */
export interface SlotStream extends FanMessages {
  readonly perSlot: number
  readonly fromMs: number
  readonly overMs: number
}

export type FanStream = SteadyStream | SlotStream

export interface FanRunOptions {
  /** How many senders send each message. Default 1. */
  readonly copies?: number
  /** Copies after the first come at random within so long. Default 0. */
  readonly spreadMs?: number
  /** How long after its arrival an IDONTWANT is heeded, as if it had come over a real link. Default 0. */
  readonly unwantedDelayMs?: number
  /** Length of the slots of `SlotStream`s, from genesis on. Default the network's. */
  readonly rhythmMs?: number
  /** What has not come when nothing came for so long is lost. Default 3 s. */
  readonly drainMs?: number
}

/** What became of one stream. Latencies are from before the first write to the arrival at a sink. */
export interface FanStreamResult {
  readonly name: string
  readonly published: number
  /** Deliveries to sinks that the relay had in its mesh when the message was sent. */
  readonly expected: number
  readonly delivered: number
  /** Copies that a peer already had from the relay. */
  readonly duplicates: number
  /** Copies that the relay sent to senders of the message. */
  readonly toSenders: number
  /** Copies to peers of whose place in the mesh nothing was known: 0 but while meshes change. */
  readonly toOthers: number
  /** Copies written by all senders, those that an IDONTWANT saved, and the bytes of these on the stream. */
  readonly copiesSent: number
  readonly withheld: number
  readonly withheldBytes: number
  /** Mean size of the compressed message. */
  readonly wireBytes: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** The generator's own worst delay behind its schedule. */
  readonly maxLagMs: number
}

export interface FanRunResult {
  /** In the order of the streams asked for. */
  readonly streams: readonly FanStreamResult[]
  /** Places in the relay's meshes that were lost by the end. */
  readonly missingMeshLinks: number
  /** Arrivals that belong to no message of the run. */
  readonly strays: number
}

const MESH_TIMEOUT_MS = 30_000
/** Hosts are made and connected one after the other. */
const START_GRACE_MS = 60_000
const DRAIN_MS = 3_000
/** Longest a run may overstay: drain, percentiles of millions of samples, a busy machine. */
const RUN_GRACE_MS = 60_000

export class FanGenerator implements AsyncDisposable {
  readonly #process: JsonLineProcess<never>
  readonly #relay: FanRelay

  private constructor(process: JsonLineProcess<never>, relay: FanRelay) {
    this.#process = process
    this.#relay = relay
  }

  /** Starts and connects the peers. @throws Error when the relay's meshes do not take in all senders and sinks */
  static async start(relay: FanRelay, options: FanOptions): Promise<FanGenerator> {
    const process = new JsonLineProcess<never>(await goPeerBinary())
    const { peers, topics, sinksPerTopic, sendersPerTopic, areApart = false } = options
    const { meshTimeoutMs = MESH_TIMEOUT_MS } = options
    const forkDigest = topics[0]?.split('/')[2] ?? ''
    const quic = relay.address.includes('/quic-v1')
    const args = {
      ...{ peers, topics, sinksPerTopic, sendersPerTopic, areApart, meshTimeoutMs, relay: relay.address },
      host: { tcp: !quic, quic },
      view: options.view ?? { status: { forkDigest }, metadata: { seqNumber: 1, custodyGroupCount: 4 } },
    }
    try {
      const timeoutMs = meshTimeoutMs + START_GRACE_MS
      const started = await process.call<{ missingMeshLinks: number }>('fanStart', args, timeoutMs)
      if (started.missingMeshLinks > 0) throw new Error(`${started.missingMeshLinks} mesh links were not formed`)
      return new FanGenerator(process, relay)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /**
   * Sends for `seconds` and waits for the last arrivals. IHAVE is not answered and IWANT not sent: what the relay does
   * not forward is lost. IDONTWANT is heeded, which saves copies of what is long. @throws Error when it does not end
   */
  run(streams: readonly FanStream[], seconds: number, options: FanRunOptions = {}): Promise<FanRunResult> {
    const { copies = 1, spreadMs = 0, unwantedDelayMs = 0, rhythmMs = 0, drainMs = DRAIN_MS } = options
    const { genesisTimeSeconds, slotSeconds } = this.#relay.network
    const slots = { genesisMs: genesisTimeSeconds * 1000, slotMs: slotSeconds * 1000, rhythmMs }
    const args = { streams, seconds, copies, spreadMs, unwantedDelayMs, drainMs, ...slots }
    return this.#process.call('fanRun', args, seconds * 1000 + RUN_GRACE_MS)
  }

  /** Ends the process: the relay sees all connections close. Idempotent. */
  stop(): Promise<void> {
    return this.#process.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
