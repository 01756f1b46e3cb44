/**
 * The libp2p node: transports, encryption, muxers, identify and gossipsub. Everything that decides (who to dial, what
 * to answer, what to forward) lives elsewhere; this file only assembles the stack and its limits.
 */
import { identify } from '@libp2p/identify'
import type { ComponentLogger, Libp2p, Logger as Libp2pLogger, PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import type { Layers } from '../../config/address-settings.ts'
import { MAX_PEER_ADDRESSES } from '../../shared/limits.ts'
import type { RelayRouter, RouterComponents } from '../gossip/router/relay-router.ts'
import { type Endpoint, endpointAddresses, tellable } from './addresses.ts'
import type { WindowUpkeep } from './congestion/window-upkeep.ts'
import { type ConnectionGate, connectionGater } from './connection-gate.ts'
import { MAX_HALF_OPEN } from './half-open.ts'
import type { InboundLimiter } from './inbound-limiter.ts'
import { connectionLayers } from './layers.ts'
import { PeerMemory } from './peer-memory.ts'

export interface HostOptions {
  readonly privateKey: PrivateKey
  readonly agentVersion: string
  /** Where to listen; a transport is left out when none has a port for it. */
  readonly listen: readonly Endpoint[]
  /** Where the operator says we can be reached besides; told to peers as it is. */
  readonly announce: readonly Endpoint[]
  readonly inboundLimiter: InboundLimiter
  readonly gate: ConnectionGate
  /** Whose noise, yamux and QUIC streams. */
  readonly layers: Layers
  /** Keeps the windows of TCP; undefined for nobody. */
  readonly windowUpkeep?: WindowUpkeep | undefined
  readonly createRouter: (components: RouterComponents) => RelayRouter
}

export type Host = Libp2p<{ identify: unknown; gossip: RelayRouter }>

/**
 * Past it libp2p closes connections of its own choice, so it is out of reach; limits are the gate's. At most there are
 * 1,100 peers within the largest target, 256 trusted and 256 explicit ones, by TCP and by QUIC at once: 3,224.
 */
const MAX_CONNECTIONS = 4_096
/** Past it libp2p refuses whoever comes next, so it is out of reach: half-open.ts ends the connections that take long. */
const MAX_PENDING_INBOUND = 4 * MAX_HALF_OPEN
/** Gossipsub keeps one stream each way; Req/Resp adds up to two per protocol each way. */
const MAX_STREAMS_PER_CONNECTION = 256
/** A lost SYN is sent again after 1 and 3 s; a handshake from the other side of the world takes one or two. */
const ADDRESS_DIAL_TIMEOUT_MS = 5_000
/** Of a whole dial, which tries a peer's addresses one after the other: dead ones leave time for the last. */
const DIAL_TIMEOUT_MS = MAX_PEER_ADDRESSES * ADDRESS_DIAL_TIMEOUT_MS
/** Dials waiting at once; the dialer above keeps its own, smaller queue. */
const MAX_DIAL_QUEUE = 256
/** A dead QUIC path is noticed within this; keep-alives go out at half of it. */
const QUIC_IDLE_TIMEOUT_MS = 10_000
const QUIC_OPTIONS = {
  handshakeTimeout: 5000,
  maxIdleTimeout: QUIC_IDLE_TIMEOUT_MS,
  keepAliveInterval: QUIC_IDLE_TIMEOUT_MS / 2,
  maxStreamData: 10_000_000,
  maxConnectionData: 15_000_000,
}

/** Builds the node without starting it: handlers are registered first, so that no early peer meets a half-built node. */
export async function createHost(options: HostOptions): Promise<Host> {
  const tcpTransport = tcp({ backlog: 128 })
  const { encrypter, muxers, quic } = await connectionLayers(options.layers, {
    maxStreams: MAX_STREAMS_PER_CONNECTION,
    quic: QUIC_OPTIONS,
    windowUpkeep: options.windowUpkeep,
  })
  const peerMemory = new PeerMemory(peerIdFromPrivateKey(options.privateKey))
  const host = await createLibp2p({
    start: false,
    privateKey: options.privateKey,
    datastore: peerMemory,
    nodeInfo: { userAgent: options.agentVersion },
    addresses: {
      listen: options.listen.flatMap(endpointAddresses),
      appendAnnounce: options.announce.flatMap(endpointAddresses),
      announceFilter: tellable,
    },
    transports: [
      ...(options.listen.some(({ quicPort }) => quicPort !== undefined) ? [quic] : []),
      ...(options.listen.some(({ tcpPort }) => tcpPort !== undefined) ? [tcpTransport] : []),
    ],
    connectionEncrypters: [encrypter],
    streamMuxers: muxers,
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      maxParallelDials: 32,
      maxPeerAddrsToDial: MAX_PEER_ADDRESSES,
      maxDialQueueLength: MAX_DIAL_QUEUE,
      dialTimeout: DIAL_TIMEOUT_MS,
      addressDialTimeout: ADDRESS_DIAL_TIMEOUT_MS,
      reconnectRetries: 0,
      maxIncomingPendingConnections: MAX_PENDING_INBOUND,
      inboundConnectionThreshold: Number.POSITIVE_INFINITY,
    },
    connectionGater: connectionGater(options.gate, options.inboundLimiter),
    logger: silentLogger,
    services: { identify: identify({ runOnConnectionOpen: true }), gossip: options.createRouter },
  })
  host.addEventListener('peer:connect', ({ detail }) => peerMemory.keep(detail))
  host.addEventListener('peer:disconnect', ({ detail }) => peerMemory.release(detail))
  return host
}

function silentLog(): Libp2pLogger {
  const log = (): void => {}
  return Object.assign(log, { error: log, trace: log, enabled: false, newScope: silentLog })
}

/** libp2p formats arguments before it knows whether anyone listens; silence saves that on every RPC. */
const silentLogger: ComponentLogger = { forComponent: silentLog }
