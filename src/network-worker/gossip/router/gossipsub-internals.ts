/**
 * The one cast into @libp2p/gossipsub (installed as @chainsafe/libp2p-gossipsub). The package exports a factory and an
 * interface; its class is reachable through the factory, and its members are `private` in TypeScript only. Whatever
 * this project touches of them is declared here, and `assertGossipsubShape` fails at start when the library changed.
 */
import { type GossipsubOpts, gossipsub } from '@chainsafe/libp2p-gossipsub'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { ComponentLogger, Connection, Logger, MessageStreamDirection, PeerId, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import type { DeliveryBook, FastIdCache, MessageCache, PromiseTracer, SeenCache } from './gossipsub-books.ts'
import type { GossipsubScore } from './gossipsub-score.ts'

/** What gossipsub takes from libp2p. */
export type RouterComponents = Parameters<ReturnType<typeof gossipsub>>[0]
export type RouterOptions = Partial<GossipsubOpts>

/** A peer's gossip stream as it is read. */
export interface InboundStream {
  close(): Promise<void>
}

/** An open gossip stream to one peer. */
export interface OutboundStream {
  readonly protocol: string
  readonly rawStream: Pick<
    Stream,
    'writeBufferLength' | 'writableNeedsDrain' | 'addEventListener' | 'status' | 'writeStatus'
  >
  pushPrefixed(data: Uint8Array): void
  /** Two frames at the cost of one, `front` being short; where the muxer has a way to (counted-streams.ts). */
  pushTogether?: (front: Uint8Array, frame: Uint8Array) => void
}

export interface OutboundQueue {
  push(item: { readonly peerId: PeerId; readonly connection: Connection }): void
  end(): void
}

/** The live options that heartbeats read on every tick. Lengths and ticks count heartbeats. */
export interface LiveOptions {
  D: number
  Dlo: number
  Dhi: number
  Dscore: number
  Dout: number
  Dlazy: number
  heartbeatInterval: number
  mcacheLength: number
  opportunisticGraftTicks: number
  readonly idontwantMinDataSize: number
  readonly pruneBackoff: number
  readonly unsubcribeBackoff: number
}

/** The running state; absent members belong to a stopped router. */
export interface RouterStatus {
  heartbeatTimeout?: NodeJS.Timeout
  hearbeatStartMs?: number
}

/** The members of gossipsub's class that this project reads, calls or overrides. */
export interface GossipsubInternals {
  readonly opts: LiveOptions
  readonly peers: Map<PeerIdStr, PeerId>
  readonly mesh: Map<TopicStr, Set<PeerIdStr>>
  readonly topics: Map<TopicStr, Set<PeerIdStr>>
  readonly direct: Set<PeerIdStr>
  readonly protocols: string[]
  readonly outbound: Map<PeerIdStr, boolean>
  /** Unix time in ms until which a peer must not be grafted, by topic. */
  readonly backoff: Map<TopicStr, Map<PeerIdStr, number>>
  readonly fanout: Map<TopicStr, Set<PeerIdStr>>
  readonly fanoutLastpub: Map<TopicStr, number>
  readonly mcache: MessageCache
  /** IHAVE that waits to be sent, by peer. */
  readonly gossip: Map<PeerIdStr, RPC.ControlIHave[]>
  /** GRAFT and PRUNE that wait to be sent, by peer. */
  readonly control: Map<PeerIdStr, RPC.ControlMessage>
  readonly gossipTracer: PromiseTracer
  readonly status: RouterStatus
  readonly runHeartbeat: () => void
  readonly idontwants: Map<PeerIdStr, Map<MsgIdStr, number>>
  readonly score: GossipsubScore
  /** Ours to replace, right after construction. */
  allowedTopics: Set<TopicStr> | null
  seenCache: SeenCache
  fastMsgIdCache: FastIdCache
  msgIdToStrFn: (msgId: Uint8Array) => MsgIdStr
  streamsOutbound: Map<PeerIdStr, OutboundStream>
  readonly streamsInbound: Map<PeerIdStr, InboundStream>
  /** Peers to whom outbound streams are to be opened; upstream makes it at each start. */
  outboundInflightQueue: OutboundQueue
  start(): Promise<void>
  stop(): Promise<void>
  isStarted(): boolean
  subscribe(topic: TopicStr): void
  unsubscribe(topic: TopicStr): void
  handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void>
  handleReceivedMessage(from: PeerId, message: RPC.Message): Promise<void>
  handleReceivedSubscription(from: PeerId, topic: TopicStr, subscribe: boolean): boolean
  /** Whether a peer's score lets us listen to it. */
  acceptFrom(peerId: PeerIdStr): boolean
  sendIDontWants(msgId: Uint8Array, topic: TopicStr, source: PeerIdStr): void
  forwardMessage(msgId: MsgIdStr, message: RPC.Message, source?: PeerIdStr, exclude?: Set<PeerIdStr>): void
  heartbeat(): Promise<void>
  join(topic: TopicStr): void
  leave(topic: TopicStr): void
  addPeer(peerId: PeerId, direction: MessageStreamDirection, address: Multiaddr): void
  removePeer(peerId: PeerId): void
  createOutboundStream(peerId: PeerId, connection: Connection): Promise<void>
  /** Begins to read a stream that a peer opened; one that was read before is closed. */
  createInboundStream(peerId: PeerId, stream: Stream): void
  /** Reads such a stream: each item is an RPC, whose length upstream has taken off. */
  pipePeerReadStream(peerId: PeerId, frames: AsyncIterable<{ subarray(): Uint8Array }>): Promise<void>
  /** @throws whatever protons says of bytes that are no RPC, or of one with more in it than upstream's limits allow */
  decodeRpc(bytes: Uint8Array): RPC
  handlePeerReadStreamError(error: Error, peerId: PeerId): void
  addToMesh(peerId: PeerIdStr, topic: TopicStr, reason: string): void
  addBackoff(peerId: PeerIdStr, topic: TopicStr): void
  graftOnSubscribe(peerId: PeerIdStr, topic: TopicStr): boolean
  handleGraft(peerId: PeerIdStr, grafts: RPC.ControlGraft[]): Promise<RPC.ControlPrune[]>
  handlePrune(peerId: PeerIdStr, prunes: RPC.ControlPrune[]): Promise<void>
  handleIdontwant(peerId: PeerIdStr, idontwant: RPC.ControlIDontWant[]): void
  makePrune(peerId: PeerIdStr, topic: TopicStr, px: boolean, unsubscribe: boolean): Promise<RPC.ControlPrune>
  sendGraft(peerId: PeerIdStr, topics: TopicStr[]): void
  sendRpc(peerId: PeerIdStr, rpc: RPC): boolean
  sendRpcInBatch(peers: Set<PeerIdStr>, rpc: RPC): void
  /** The end of a heartbeat: sends all of `gossip` and `control`. */
  flush(): void
}

export type GossipsubClass = new (components: RouterComponents, options: RouterOptions) => GossipsubInternals

const METHODS = [
  'start',
  'stop',
  'isStarted',
  'subscribe',
  'unsubscribe',
  'handleReceivedRpc',
  'handleReceivedMessage',
  'handleReceivedSubscription',
  'acceptFrom',
  'sendIDontWants',
  'forwardMessage',
  'heartbeat',
  'join',
  'leave',
  'addPeer',
  'removePeer',
  'createOutboundStream',
  'createInboundStream',
  'pipePeerReadStream',
  'decodeRpc',
  'handlePeerReadStreamError',
  'addToMesh',
  'addBackoff',
  'graftOnSubscribe',
  'handleGraft',
  'handlePrune',
  'handleIdontwant',
  'makePrune',
  'sendGraft',
  'sendRpc',
  'sendRpcInBatch',
  'flush',
] as const satisfies readonly (keyof GossipsubInternals)[]

const FIELDS = [
  'opts',
  'peers',
  'mesh',
  'topics',
  'direct',
  'streamsOutbound',
  'streamsInbound',
  'outboundInflightQueue',
  'protocols',
  'outbound',
  'backoff',
  'fanout',
  'fanoutLastpub',
  'mcache',
  'gossip',
  'control',
  'gossipTracer',
  'status',
  'runHeartbeat',
  'idontwants',
  'allowedTopics',
  'seenCache',
  'fastMsgIdCache',
  'msgIdToStrFn',
  'score',
] as const satisfies readonly (keyof GossipsubInternals)[]

const SCORE_METHODS = [
  'score',
  'refreshScores',
  'duplicateMessage',
  'rejectInvalidMessage',
  'rejectMessage',
  'validateMessage',
  'removePeer',
  'deliverMessage',
  'removeIP',
  'addPenalty',
] as const satisfies readonly (keyof GossipsubScore)[]

const SCORE_FIELDS = [
  'peerStats',
  'scoreCache',
  'scoreCacheValidityMs',
  'deliveryRecords',
] as const satisfies readonly (keyof GossipsubScore)[]

const BOOK_METHODS = ['getRecord', 'ensureRecord', 'gc', 'clear'] as const satisfies readonly (keyof DeliveryBook)[]

const TRACER_METHODS = [
  'getBrokenPromises',
  'deliverMessage',
  'rejectMessage',
  'clear',
] as const satisfies readonly (keyof PromiseTracer)[]

const OPTIONS = [
  'D',
  'Dlo',
  'Dhi',
  'Dscore',
  'Dout',
  'Dlazy',
  'heartbeatInterval',
  'mcacheLength',
  'opportunisticGraftTicks',
  'idontwantMinDataSize',
  'pruneBackoff',
  'unsubcribeBackoff',
] as const satisfies readonly (keyof LiveOptions)[]

/** Members a part of the router lacks, as `part.member`. */
function missingOf(part: string, holder: unknown, methods: readonly string[], fields: readonly string[]): string[] {
  const members = (holder ?? {}) as Record<string, unknown>
  const absent = [
    ...methods.filter((name) => typeof members[name] !== 'function'),
    ...fields.filter((name) => members[name] === undefined),
  ]
  return absent.map((name) => `${part}.${name}`)
}

function silentLog(): Logger {
  const log = (): void => {}
  return Object.assign(log, { error: log, trace: log, enabled: false, newScope: silentLog })
}

/** The class behind the factory. Its constructor reads only `logger` of the components, so a bare one is enough. */
function classOfFactory(): GossipsubClass {
  const logger: ComponentLogger = { forComponent: silentLog }
  const probe: unknown = gossipsub()({ logger } as RouterComponents)
  return (probe as { constructor: GossipsubClass }).constructor
}

export const Gossipsub: GossipsubClass = classOfFactory()

/**
 * Fails loudly when the library no longer has the members this project overrides or reads.
 * @throws Error naming every missing member
 */
export function assertGossipsubShape(router: GossipsubInternals): void {
  const prototype = Gossipsub.prototype as unknown as Record<string, unknown>
  const missing: string[] = METHODS.filter((name) => typeof prototype[name] !== 'function')
  missing.push(...FIELDS.filter((name) => !Object.hasOwn(router, name)))
  missing.push(...missingOf('score', router.score, SCORE_METHODS, SCORE_FIELDS))
  missing.push(...missingOf('deliveryRecords', router.score.deliveryRecords, BOOK_METHODS, ['records']))
  missing.push(...missingOf('mcache', router.mcache, ['getWithIWantCount', 'shift'], ['gossip', 'history', 'msgs']))
  missing.push(...missingOf('gossipTracer', router.gossipTracer, TRACER_METHODS, ['promises']))
  missing.push(...missingOf('opts', router.opts, [], OPTIONS))
  if (missing.length > 0) throw new Error(`gossipsub changed its shape, missing: ${missing.join(', ')}`)
}
