/** The command line of the relays that Starling is measured beside: they gossip with Starling's own parameters. */
import { meshParameters } from '../../src/network-worker/gossip/mesh/network-load.ts'

/** The network load that all relays run at: Starling's default. */
export const BENCH_NETWORK_LOAD = 5
/** seen_ttl of the phase 0 networking specification: two epochs of 32 slots. */
const SEEN_SLOTS = 2 * 32
/** max_message_size() of the same document for a MAX_PAYLOAD_SIZE of 10 MiB. */
const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024
const MAX_RPC_BYTES = 32 + MAX_PAYLOAD_BYTES + Math.floor(MAX_PAYLOAD_BYTES / 6) + 1024
/** Wide, so that no relay drops on this machine: the comparison is of cost, not of queue sizes. */
const QUEUE_LENGTH = 16_384

export interface GossipArguments {
  readonly transport: 'tcp' | 'quic'
  /** Full topics. */
  readonly topics: readonly string[]
  readonly slotSeconds: number
}

/** Flags that bench/peers/go-relay and bench/peers/rust-relay both take, and all they need. */
export function gossipArguments({ transport, topics, slotSeconds }: GossipArguments): readonly string[] {
  const mesh = meshParameters(BENCH_NETWORK_LOAD)
  const slotMs = slotSeconds * 1000
  const values: Readonly<Record<string, string | number>> = {
    transport,
    topics: topics.join(','),
    d: mesh.meshN,
    'd-low': mesh.meshLow,
    'd-high': mesh.meshHigh,
    'd-out': mesh.outboundMin,
    'd-lazy': mesh.lazy,
    'heartbeat-ms': mesh.heartbeatMs,
    'history-length': mesh.historyLength,
    'history-gossip': mesh.historyGossip,
    'seen-ttl-ms': SEEN_SLOTS * slotMs,
    'max-rpc-bytes': MAX_RPC_BYTES,
    'queue-length': QUEUE_LENGTH,
    // As long as Starling keeps a message for a slow reader.
    'queue-ms': slotMs,
  }
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])
}
