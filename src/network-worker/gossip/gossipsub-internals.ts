/**
 * The one cast into @libp2p/gossipsub (installed as @chainsafe/libp2p-gossipsub). The package exports a factory and an
 * interface; its class is reachable through the factory, and its members are `private` in TypeScript only. Whatever
 * this project touches of them is declared here, and `assertGossipsubShape` fails at start when the library changed.
 */
import { type GossipSub, type GossipsubOpts, gossipsub } from '@chainsafe/libp2p-gossipsub'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../shared/ids.ts'

/** What gossipsub takes from libp2p. */
export type RouterComponents = Parameters<ReturnType<typeof gossipsub>>[0]
export type RouterOptions = Partial<GossipsubOpts>
/** What gossipsub calls for each new message of a topic; synchronous ones keep a message in one turn. */
export type TopicValidator = GossipSub['topicValidators'] extends Map<string, infer Validator> ? Validator : never

/** An open gossip stream to one peer. */
export interface OutboundStream {
  readonly protocol: string
  readonly rawStream: { readonly writeBufferLength: number }
  pushPrefixed(data: Uint8Array): void
}

/** The live options that heartbeats read on every tick. */
export interface LiveOptions {
  D: number
  Dlo: number
  Dhi: number
  Dscore: number
  Dout: number
  Dlazy: number
  heartbeatInterval: number
}

export interface GossipsubScore {
  readonly params: PeerScoreParams
  score(peerId: PeerIdStr): number
  duplicateMessage(from: PeerIdStr, msgId: MsgIdStr, topic: TopicStr): void
  deliverMessage(from: PeerIdStr, msgId: MsgIdStr, topic: TopicStr): void
}

/** What gossipsub asks of its cache of seen ids. */
export interface SeenCache {
  has(id: MsgIdStr): boolean
  put(id: MsgIdStr): boolean
  prune(): void
  clear(): void
  readonly size: number
}

/** What gossipsub asks of its cache from fast ids to ids. */
export interface FastIdCache {
  get(fastId: string): MsgIdStr | undefined
  put(fastId: string, id: MsgIdStr): boolean
  prune(): void
  clear(): void
  readonly size: number
}

/** The members of gossipsub's class that this project reads, calls or overrides. */
export interface GossipsubInternals {
  readonly opts: LiveOptions
  readonly peers: Map<PeerIdStr, PeerId>
  readonly mesh: Map<TopicStr, Set<PeerIdStr>>
  readonly topics: Map<TopicStr, Set<PeerIdStr>>
  readonly direct: Set<PeerIdStr>
  readonly streamsOutbound: Map<PeerIdStr, OutboundStream>
  readonly idontwants: Map<PeerIdStr, Map<MsgIdStr, number>>
  readonly topicValidators: Map<TopicStr, TopicValidator>
  readonly score: GossipsubScore
  /** Ours to replace, right after construction. */
  allowedTopics: Set<TopicStr> | null
  seenCache: SeenCache
  fastMsgIdCache: FastIdCache
  start(): Promise<void>
  stop(): Promise<void>
  isStarted(): boolean
  subscribe(topic: TopicStr): void
  unsubscribe(topic: TopicStr): void
  handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void>
  handleReceivedMessage(from: PeerId, message: RPC.Message): Promise<void>
  selectPeersToForward(topic: TopicStr, source?: PeerIdStr, exclude?: Set<PeerIdStr>): Set<PeerIdStr>
  forwardMessage(msgId: MsgIdStr, message: RPC.Message, source?: PeerIdStr, exclude?: Set<PeerIdStr>): void
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
  'selectPeersToForward',
  'forwardMessage',
] as const satisfies readonly (keyof GossipsubInternals)[]

const FIELDS = [
  'opts',
  'peers',
  'mesh',
  'topics',
  'direct',
  'streamsOutbound',
  'idontwants',
  'allowedTopics',
  'topicValidators',
  'seenCache',
  'fastMsgIdCache',
  'score',
] as const satisfies readonly (keyof GossipsubInternals)[]

const SCORE_METHODS = [
  'score',
  'duplicateMessage',
  'deliverMessage',
] as const satisfies readonly (keyof GossipsubScore)[]

function silentLog(): Logger {
  const log = (): void => {}
  return Object.assign(log, { error: log, trace: log, enabled: false, newScope: silentLog })
}

const componentLogger: ComponentLogger = { forComponent: silentLog }

/** The class behind the factory. Its constructor reads only `logger` of the components, so a bare one is enough. */
function classOfFactory(): GossipsubClass {
  const probe: unknown = gossipsub()({ logger: componentLogger } as RouterComponents)
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
  const score = router.score as unknown as Record<string, unknown> | undefined
  missing.push(...SCORE_METHODS.filter((name) => typeof score?.[name] !== 'function').map((name) => `score.${name}`))
  if (missing.length > 0) throw new Error(`gossipsub changed its shape, missing: ${missing.join(', ')}`)
}
