/**
 * What the benches measure: the relay as its users run it, or, to compare with on the same machine at the same hour, a
 * relay on go-libp2p or rust-libp2p that does the same job with the same gossip parameters.
 */
import { type TestNetwork, testNetwork } from '../../test/support/network-directory.ts'
import { type LogLine, StarlingProcess } from '../../test/support/starling-process.ts'
import type { PeerRelay } from '../peers/build.ts'
import { BENCH_NETWORK_LOAD } from '../peers/gossip-arguments.ts'
import { RelayProcess } from '../peers/relay-process.ts'
import type { Variant } from '../run-record.ts'
import { topicFlags } from './topic-flags.ts'
import { fullTopic, GOSSIP_NAMES } from './traffic.ts'
import { validationFlags } from './validated.ts'

/** A variant's setting is up to the bench. */
export interface RelayOptions extends Variant {
  /** Gossip names with subnet; default those of traffic.ts. */
  readonly topics?: readonly string[]
  /** Starling's only, after those that follow from the other options. */
  readonly flags?: readonly string[]
  /** How many will connect; default as many as a bench with eight subscribers needs. */
  readonly peers?: number
  /** What differs from a network of 12 s slots. */
  readonly network?: Partial<TestNetwork>
}

export interface RelayUnderTest extends AsyncDisposable {
  readonly pid: number
  /** Multiaddr with /p2p/. */
  readonly address: string
  /** Full topics, in the order of the names asked for. */
  readonly topics: readonly string[]
  readonly network: TestNetwork
  /** Starling's only, as the rest. */
  readonly metricsUrl?: string
  /** Without a slash at its end. */
  readonly apiUrl?: string
  /** Log lines so far; grows while the relay runs. */
  readonly log?: readonly LogLine[]
}

/** A digest no network has; the other relays take any. */
const OTHER_DIGEST = '5ca1ab1e'
const DEFAULT_PEERS = 16
/** Places beyond the peers that will come, so that a reconnect finds one. */
const SPARE_PEERS = 16

/** @throws Error when the relay does not start or lacks a topic */
export function startRelay(options: RelayOptions): Promise<RelayUnderTest> {
  return options.relay === 'starling' ? startStarling(options) : startOther(options.relay, options)
}

async function startOther(relay: PeerRelay, options: RelayOptions): Promise<RelayUnderTest> {
  const { transport, topics: names = GOSSIP_NAMES } = options
  const network = testNetwork(options.network)
  const topics = names.map((name) => `/eth2/${OTHER_DIGEST}/${name}/ssz_snappy`)
  const running = await RelayProcess.start(relay, { transport, topics, slotSeconds: network.slotSeconds })
  const { pid, address } = running
  return { pid, address, topics, network, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
}

async function startStarling(options: RelayOptions): Promise<RelayUnderTest> {
  const { transport, validation, topics: names = GOSSIP_NAMES, flags = [], peers = DEFAULT_PEERS } = options
  const relay = await StarlingProcess.start({
    network: testNetwork(options.network),
    flags: [
      ...validationFlags(validation),
      ...topicFlags(names),
      ...['--network-load', String(BENCH_NETWORK_LOAD), '--target-peers', String(peers + SPARE_PEERS)],
      // Under load on a shared machine a ping may take long; evicting a subscriber for it would show as loss.
      ...['--max-latency-ms', '60000', transport === 'tcp' ? '--no-quic' : '--no-tcp'],
      ...flags,
    ],
  })
  try {
    const mesh = await relay.fetchJson<readonly { readonly topic: string }[]>('/mesh')
    const known = mesh.map(({ topic }) => topic)
    const { pid, network, api, log } = relay
    return {
      ...{ pid, network, log, apiUrl: api, metricsUrl: `${api}/metrics` },
      topics: names.map((name) => fullTopic(known, name)),
      address: relay.address(transport),
      [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
    }
  } catch (error) {
    await relay.stop()
    throw error
  }
}
