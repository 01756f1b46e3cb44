import { noise } from '@chainsafe/libp2p-noise'
import { quic } from '@chainsafe/libp2p-quic'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { mplex } from '@libp2p/mplex'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import pino from 'pino'
import { createReqResp, type ReqResp } from '../../../../src/network-worker/reqresp/reqresp.ts'
import type {
  AnswerServed,
  LocalNode,
  Metadata,
  Status,
  ViolationKind,
} from '../../../../src/network-worker/reqresp/types.ts'
import { type Clock, systemClock } from '../../../../src/shared/clock.ts'
import type { PeerIdStr } from '../../../../src/shared/ids.ts'
import { until } from '../../../support/until.ts'

export type Transport = 'tcp+yamux' | 'tcp+mplex' | 'quic'
export const TRANSPORTS: readonly Transport[] = ['tcp+yamux', 'tcp+mplex', 'quic']

/** The library's default of 5 closes a connection that opens a stream for each of our requests at once. */
const MPLEX_STREAMS_PER_SECOND = 100_000

/** A bare libp2p node on loopback, without Req/Resp: also what hostile peers are made of. */
export async function bareNode(transport: Transport): Promise<Libp2p> {
  const isQuic = transport === 'quic'
  return await createLibp2p({
    addresses: { listen: [isQuic ? '/ip4/127.0.0.1/udp/0/quic-v1' : '/ip4/127.0.0.1/tcp/0'] },
    transports: [isQuic ? quic() : tcp()],
    streamMuxers: [transport === 'tcp+mplex' ? mplex({ disconnectThreshold: MPLEX_STREAMS_PER_SECOND }) : yamux()],
    connectionEncrypters: [noise()],
    connectionManager: { inboundConnectionThreshold: Number.POSITIVE_INFINITY },
  })
}

export type Seen =
  | { readonly what: 'status'; readonly peerId: PeerIdStr; readonly status: Status }
  | { readonly what: 'ping'; readonly peerId: PeerIdStr; readonly seqNumber: bigint }
  | { readonly what: 'goodbye'; readonly peerId: PeerIdStr; readonly reason: bigint }
  | { readonly what: 'violation'; readonly peerId: PeerIdStr; readonly kind: ViolationKind; readonly protocol: string }

export interface Peer extends AsyncDisposable {
  readonly node: Libp2p
  readonly id: PeerIdStr
  readonly reqresp: ReqResp
  readonly local: LocalNode
  /** What the hooks were called with, in order. */
  readonly seen: Seen[]
  /** The first entry of `seen` that fits, now or soon. */
  saw<W extends Seen['what']>(what: W): Promise<Extract<Seen, { what: W }>>
}

export function localNode(seqNumber: bigint): LocalNode {
  const status: Status = {
    forkDigestHex: '8c9f62fe',
    finalizedRootHex: '11'.repeat(32),
    finalizedEpoch: 419_072,
    headRootHex: '22'.repeat(32),
    headSlot: 13_410_400 + Number(seqNumber),
    earliestAvailableSlot: 13_410_300,
  }
  const metadata: Metadata = {
    seqNumber,
    attnets: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    syncnets: Uint8Array.of(5),
    custodyGroupCount: 4,
  }
  return { status: () => status, metadata: () => metadata }
}

/** A node that serves and asks, with its hooks written down. */
export async function peer(
  transport: Transport,
  local = localNode(1n),
  clock: Clock = systemClock,
  answerServed?: AnswerServed,
): Promise<Peer> {
  const node = await bareNode(transport)
  const seen: Seen[] = []
  const reqresp = createReqResp({
    node,
    clock,
    log: pino({ level: 'silent' }),
    local,
    answerServed,
    hooks: {
      onStatus: (peerId, status) => void seen.push({ what: 'status', peerId, status }),
      onPing: (peerId, seqNumber) => void seen.push({ what: 'ping', peerId, seqNumber }),
      onGoodbye: (peerId, reason) => void seen.push({ what: 'goodbye', peerId, reason }),
      onViolation: (peerId, kind, protocol) => void seen.push({ what: 'violation', peerId, kind, protocol }),
    },
  })
  await reqresp.start()
  return {
    node,
    id: node.peerId.toString(),
    reqresp,
    local,
    seen,
    async saw<W extends Seen['what']>(what: W) {
      const isWanted = (entry: Seen): entry is Extract<Seen, { what: W }> => entry.what === what
      await until(`hook ${what}`, () => seen.some(isWanted))
      return seen.find(isWanted) as Extract<Seen, { what: W }>
    },
    async [Symbol.asyncDispose]() {
      await reqresp.stop()
      await node.stop()
    },
  }
}

export async function connect(from: Libp2p, to: Libp2p): Promise<Connection> {
  const connection = await from.dial(to.getMultiaddrs())
  await until('the other side of the connection', () => to.getConnections(from.peerId).length > 0)
  return connection
}

/** Streams of this node's Req/Resp that are still there, in both directions. */
export function openStreams(node: Libp2p): readonly Stream[] {
  return node.getConnections().flatMap((connection) => connection.streams)
}

/** Everything a stream brings until the other side closes or resets it. */
export async function readAll(stream: Stream): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.addEventListener('message', (event) => pieces.push(event.data.subarray()))
  stream.addEventListener('remoteCloseWrite', () => setImmediate(resolve))
  stream.addEventListener('close', () => resolve())
  if (stream.remoteWriteStatus === 'closed') setImmediate(resolve)
  await promise
  return Buffer.concat(pieces)
}
