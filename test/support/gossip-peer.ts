/**
 * A peer of the consensus network made of stock js-libp2p: TCP, noise, yamux and the library's gossipsub, without a
 * line of the relay's gossip code. Payloads stay compressed as they are on the wire, so that tests can compare bytes;
 * the message id is computed here, from the specification. It answers the eth2 handshake.
 */
import { hash } from 'node:crypto'
import { type GossipSub, type GossipSubComponents, gossipsub, StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import pino from 'pino'
import { uncompressSync } from 'snappy'
import type { GossipsubInternals } from '../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { createReqResp, type ReqResp } from '../../src/network-worker/reqresp/reqresp.ts'
import type { Status } from '../../src/network-worker/reqresp/types.ts'
import { systemClock } from '../../src/shared/clock.ts'
import type { PeerIdStr } from '../../src/shared/ids.ts'
import { until } from './until.ts'

/** Public methods of the library's class that its exported interface leaves out. */
interface RouterMethods {
  getMeshPeers(topic: string): readonly PeerIdStr[]
  sendRpc(peerId: PeerIdStr, rpc: RPC): boolean
}

interface InboundStreams {
  readonly streamsInbound: ReadonlyMap<PeerIdStr, { readonly rawStream: Stream }>
}

type Services = { identify: unknown; gossip: GossipSub & RouterMethods }

export interface GossipPeerOptions {
  /** What it says of the chain; asked at each Status. */
  readonly status: () => Status
  readonly userAgent?: string
  /** False: it speaks no Req/Resp at all. */
  readonly reqResp?: boolean
  /** Custody groups it claims; 4 unless given. */
  readonly custodyGroupCount?: number
  /** False: it accepts GRAFTs and sends none, as a peer whose meshes are full. */
  readonly grafts?: boolean
  /** An identity of the test's, so that a peer can come back as itself. */
  readonly privateKey?: PrivateKey
  /** Where to listen; a port of the system's choice unless given. */
  readonly listen?: string
}

/** Mesh sizes of a peer that never wants more peers than it has. */
const SENDS_NO_GRAFT = { D: 0, Dlo: 0, Dhi: 12, Dscore: 0, Dout: 0 } as const

export interface ReceivedMessage {
  readonly topic: string
  /** Compressed, as it came. */
  readonly data: Uint8Array
  /** 20 bytes as hex. */
  readonly id: string
  readonly from: PeerIdStr
}

/** Status of a peer that knows nothing of the chain yet, under a digest. */
export function freshStatus(forkDigestHex: string): Status {
  const zero = '00'.repeat(32)
  return {
    forkDigestHex,
    finalizedRootHex: zero,
    finalizedEpoch: 0,
    headRootHex: zero,
    headSlot: 0,
    earliestAvailableSlot: 0,
  }
}

/** Message id of Altair and later (consensus-specs altair p2p-interface, "The gossip domain"), as hex. */
export function specMessageId(topic: string, compressed: Uint8Array): string {
  let domain = Buffer.from('01000000', 'hex')
  let data: Uint8Array
  try {
    data = uncompressSync(Buffer.from(compressed)) as Buffer
  } catch {
    domain = Buffer.from('00000000', 'hex')
    data = compressed
  }
  const topicBytes = Buffer.from(topic)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(topicBytes.length))
  return hash('sha256', Buffer.concat([domain, length, topicBytes, data]), 'buffer').toString('hex', 0, 20)
}

export class GossipPeer implements AsyncDisposable {
  readonly node: Libp2p<Services>
  readonly reqResp: ReqResp
  /** Gossip in order of arrival; bounded by what a test sends. */
  readonly received: ReceivedMessage[] = []
  /** Goodbye reasons in order of arrival. */
  readonly goodbyes: number[] = []
  /** What peers said of themselves, in order of arrival. */
  readonly statuses: Status[] = []
  /** How often it was pinged. */
  pings = 0

  private constructor(node: Libp2p<Services>, { status, custodyGroupCount = 4 }: GossipPeerOptions) {
    this.node = node
    this.reqResp = createReqResp({
      node,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      local: {
        status,
        metadata: () => ({
          seqNumber: 1n,
          attnets: new Uint8Array(8),
          syncnets: new Uint8Array(1),
          custodyGroupCount,
        }),
      },
      hooks: {
        onStatus: (_peer, theirs) => void this.statuses.push(theirs),
        onPing: () => {
          this.pings++
        },
        onGoodbye: (_peer, reason) => void this.goodbyes.push(Number(reason)),
        onViolation: () => undefined,
      },
    })
    this.#gossip.addEventListener('gossipsub:message', ({ detail: { msg, propagationSource } }) => {
      const id = specMessageId(msg.topic, msg.data)
      this.received.push({ topic: msg.topic, data: msg.data, id, from: propagationSource.toString() })
    })
  }

  static async start(options: GossipPeerOptions): Promise<GossipPeer> {
    const node = await createLibp2p<Services>({
      start: false,
      ...(options.privateKey === undefined ? {} : { privateKey: options.privateKey }),
      addresses: { listen: [options.listen ?? '/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { reconnectRetries: 0, inboundConnectionThreshold: Number.POSITIVE_INFINITY },
      connectionGater: { denyDialMultiaddr: () => false },
      nodeInfo: { userAgent: options.userAgent ?? 'gossip-peer/1' },
      services: {
        identify: identify(),
        gossip: gossipsub({
          globalSignaturePolicy: StrictNoSign,
          floodPublish: true,
          allowPublishToZeroTopicPeers: true,
          emitSelf: false,
          fallbackToFloodsub: false,
          ...(options.grafts === false ? SENDS_NO_GRAFT : {}),
          msgIdFn: ({ topic, data }) => Buffer.from(specMessageId(topic, data), 'hex'),
        }) as (components: GossipSubComponents) => GossipSub & RouterMethods,
      },
    })
    const peer = new GossipPeer(node, options)
    if (options.reqResp !== false) await peer.reqResp.start()
    await node.start()
    return peer
  }

  get peerId(): PeerIdStr {
    return this.node.peerId.toString()
  }

  /** A multiaddr with `/p2p/`. */
  get address(): string {
    return this.node.getMultiaddrs()[0]?.toString() ?? ''
  }

  subscribe(topic: string): void {
    this.#gossip.subscribe(topic)
  }

  async dial(address: string): Promise<void> {
    await this.node.dial(multiaddr(address))
  }

  /** Waits until this peer knows that `peerId` takes `topic` and has it in its mesh. */
  async meshedWith(peerId: PeerIdStr, topic: string): Promise<void> {
    await until(`${peerId} in the mesh of ${topic}`, () => this.#gossip.getMeshPeers(topic).includes(peerId))
  }

  /** Sends compressed bytes as they are, to every peer known to take the topic; waits until one is known. */
  async publish(topic: string, compressed: Uint8Array): Promise<void> {
    await until(`a subscriber of ${topic}`, () => this.#gossip.getSubscribers(topic).length > 0)
    await this.#gossip.publish(topic, compressed)
  }

  /** Sends compressed bytes to one peer, whether or not it is known to take the topic. */
  publishTo(peerId: PeerIdStr, topic: string, compressed: Uint8Array): void {
    const isSent = this.#gossip.sendRpc(peerId, { subscriptions: [], messages: [{ topic, data: compressed }] })
    if (!isSent) throw new Error(`no gossip stream to ${peerId}`)
  }

  /** What the library keeps to itself: its mesh, backoffs and scores. */
  get router(): GossipsubInternals {
    return this.node.services.gossip as unknown as GossipsubInternals
  }

  hasInMesh(peerId: PeerIdStr, topic: string): boolean {
    return this.#gossip.getMeshPeers(topic).includes(peerId)
  }

  /** Stops, or goes on, reading what a peer sends: the stream's window fills, and then the sender's buffers. */
  setReading(peerId: PeerIdStr, isReading: boolean): void {
    const { streamsInbound } = this.node.services.gossip as unknown as InboundStreams
    const stream = streamsInbound.get(peerId)?.rawStream
    if (stream === undefined) throw new Error(`no gossip stream from ${peerId}`)
    if (isReading) stream.resume()
    else stream.pause()
  }

  isConnectedTo(peerId: PeerIdStr): boolean {
    return this.node.getConnections().some((connection) => connection.remotePeer.toString() === peerId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reqResp.stop()
    await this.node.stop()
  }

  get #gossip(): GossipSub & RouterMethods {
    return this.node.services.gossip
  }
}
