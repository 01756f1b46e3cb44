/**
 * The load generator: a mode of the Go peer in which one process is the publisher and all the subscribers, so that one
 * clock stamps both ends of a delivery.
 */
import { goPeerBinary, goSkipReason } from '../../test/support/go-build.ts'
import { JsonLineProcess } from '../../test/support/json-line-process.ts'
import type { TestNetwork } from '../../test/support/network-directory.ts'
import { slotNow } from '../../test/support/unsigned-block.ts'
import type { ClassFigures } from '../run-record.ts'
import type { TrafficFigures } from './measure-relay.ts'
import type { RelayUnderTest } from './relay-under-test.ts'
import { fullTopic, GOSSIP, GOSSIP_NAMES, type LoadStream } from './traffic.ts'

export interface StreamResult extends ClassFigures {
  /** The generator's own worst delay behind its schedule. */
  readonly maxLagMs: number
}

export const SUBSCRIBERS = 8
/** Of the blocks that newcomers have for whoever asks. */
const NEWCOMER_BLOCK_BYTES = 120_000
const MESH_TIMEOUT_MS = 30_000
const DRAIN_MS = 3_000
/** Longest a run may overstay: drain, percentiles of millions of samples, a busy machine. */
const RUN_GRACE_MS = 60_000

/** @throws Error that says so when there is no Go */
export function requireGo(): void {
  const reason = goSkipReason()
  if (reason !== false) throw new Error(`${reason}; the load generator is written in Go (https://go.dev/dl)`)
}

function start(binary: string, cpu: string | undefined): JsonLineProcess<never> {
  return cpu === undefined ? new JsonLineProcess(binary) : new JsonLineProcess('taskset', ['--cpu-list', cpu, binary])
}

export interface LoadHosts {
  /** The one processor that the generator may run on, as taskset names it; any when left out. */
  readonly cpu?: string | undefined
  readonly subscribers?: number
  /** Publishers beside the one that there always is: they serve blocks by range, and publish what streams say is theirs. */
  readonly newcomers?: number
}

export class LoadGenerator implements AsyncDisposable {
  readonly #process: JsonLineProcess<never>
  readonly #network: TestNetwork

  private constructor(process: JsonLineProcess<never>, network: TestNetwork) {
    this.#process = process
    this.#network = network
  }

  /** Starts the hosts and connects them; every one is in the relay's mesh of every topic when this resolves. */
  static async connect(relay: RelayUnderTest, hosts: LoadHosts = {}): Promise<LoadGenerator> {
    const { cpu, subscribers = SUBSCRIBERS, newcomers = 0 } = hosts
    const { genesisTimeSeconds, slotSeconds } = relay.network
    const headSlot = slotNow({ genesisTimeSeconds, slotDurationMs: slotSeconds * 1_000 })
    const process = start(await goPeerBinary(), cpu)
    const topics = GOSSIP_NAMES.map((name) => fullTopic(relay.topics, name))
    const forkDigest = topics[0]?.split('/')[2] ?? ''
    const quic = relay.address.includes('/quic-v1')
    const args = {
      relay: relay.address,
      subscribers,
      newcomers,
      newcomerBlockBytes: NEWCOMER_BLOCK_BYTES,
      topics,
      host: { tcp: !quic, quic },
      gossip: GOSSIP,
      view: { status: { forkDigest, headSlot }, metadata: { seqNumber: 1, custodyGroupCount: 4 } },
      meshTimeoutMs: MESH_TIMEOUT_MS,
    }
    try {
      const connected = await process.call<{ missingMeshLinks: number }>('loadConnect', args, 2 * MESH_TIMEOUT_MS)
      if (connected.missingMeshLinks > 0) throw new Error(`${connected.missingMeshLinks} mesh links were not formed`)
      return new LoadGenerator(process, relay.network)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  /** Publishes for `seconds` and waits for the last arrivals. */
  async run(streams: readonly LoadStream[], seconds: number): Promise<readonly StreamResult[]> {
    const args = {
      streams,
      seconds,
      drainMs: DRAIN_MS,
      genesisMs: this.#network.genesisTimeSeconds * 1000,
      slotMs: this.#network.slotSeconds * 1000,
    }
    const timeoutMs = seconds * 1000 + RUN_GRACE_MS
    return (await this.#process.call<{ streams: StreamResult[] }>('loadRun', args, timeoutMs)).streams
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
  }
}

/** What a generator tells, as runs keep it: each stream is a class of messages. */
export function trafficFigures(streams: readonly StreamResult[]): TrafficFigures {
  return {
    classes: streams.map(({ maxLagMs: _, ...figures }) => figures),
    lagMs: Math.max(0, ...streams.map(({ maxLagMs }) => maxLagMs)),
  }
}
