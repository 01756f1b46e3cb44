/** Routers whose peers' streams are in the test's hands: real gossipsub, no libp2p, heartbeats by hand. */
import { StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Layers } from '../../../../../src/config/address-settings.ts'
import { createForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../../../src/consensus/topic.ts'
import type { GossipOffence } from '../../../../../src/network-worker/gossip/gossip-offence.ts'
import { createFastMessageId } from '../../../../../src/network-worker/gossip/ids/fast-message-id.ts'
import { loadOptions } from '../../../../../src/network-worker/gossip/mesh/load-switch.ts'
import type { MeshChange } from '../../../../../src/network-worker/gossip/mesh/mesh-observer.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import {
  Gossipsub,
  type GossipsubInternals,
  type OutboundStream,
  type RouterComponents,
  type RouterOptions,
} from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { RelayRouter } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import {
  peerScoreParams,
  SCORE_THRESHOLDS,
  type ScoreSetting,
} from '../../../../../src/network-worker/gossip/score/score-parameters.ts'
import { topicScoreParams } from '../../../../../src/network-worker/gossip/score/topic-score-parameters.ts'
import type { ReceiverFacts } from '../../../../../src/network-worker/gossip/sending/receiver-order.ts'
import type { TopicRules } from '../../../../../src/network-worker/gossip/topics/topic-rules.ts'
import { GossipStats } from '../../../../../src/network-worker/stats/gossip-stats.ts'
import { UNKNOWN_KIND } from '../../../../../src/network-worker/stats/kind-traffic.ts'
import { toHex } from '../../../../../src/shared/hex.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { smallNetwork } from '../../small-network.ts'

export const SCHEDULE = createForkSchedule(smallNetwork())
export const TOPIC = formatTopic(SCHEDULE.at(0).digestHex, 'beacon_block')
export const OTHER_TOPIC = formatTopic(SCHEDULE.at(0).digestHex, 'beacon_aggregate_and_proof')
export const MAINNET_SCORING: ScoreSetting = {
  slotDurationMs: 12_000,
  slotsPerEpoch: 32,
  preset: 'mainnet',
  meshN: 10,
  activeValidators: null,
}

export const FAST_MESSAGE_ID = createFastMessageId()

/** Rules that open every payload, take its first twenty bytes for its id, and accept it, as far as no others are given. */
export function plainRules(rules: Partial<TopicRules> = {}): TopicRules {
  return {
    kind: UNKNOWN_KIND,
    messageClass: 'block',
    open: (bytes) => ({ ok: true, bytes }),
    idOf: (payload) => toHex(payload.subarray(0, 20)),
    check: () => ({ action: 'accept' }),
    onVerdict: () => undefined,
    onUnreadable: () => undefined,
    ...rules,
  }
}

/** mulberry32: numbers in [0, 1) that a seed fixes. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function silentLog() {
  return Object.assign(() => undefined, { error: () => undefined, trace: () => undefined, enabled: false })
}

/** All that gossipsub's constructor and its synchronous paths ask of libp2p. */
export const BARE_COMPONENTS = {
  logger: { forComponent: silentLog },
  peerId: { equals: () => false },
} as unknown as RouterComponents

/** Marks a router as started without timers or handlers: joins, leaves and heartbeats are the test's. */
export function pretendStarted(router: GossipsubInternals): void {
  const started = 0
  Object.assign(router.status, { code: started })
}

export interface FakePeer {
  readonly id: string
  readonly peerId: PeerId
  /** RPCs that gossipsub encoded itself: subscriptions and control. */
  readonly control: readonly RPC[]
  /** Length-prefixed frames of forwarded messages. */
  readonly frames: readonly Uint8Array[]
  readonly rawStream: { writeBufferLength: number; writeStatus: OutboundStream['rawStream']['writeStatus'] }
}

export interface FakePeerOptions {
  readonly topics?: readonly string[]
  readonly direction?: 'inbound' | 'outbound'
}

let addresses = 0

/** A connected peer that takes the topics, with an address of its own and an open stream. */
export function addPeer(router: GossipsubInternals, id: string, options: FakePeerOptions = {}): FakePeer {
  const { topics = [TOPIC], direction = 'inbound' } = options
  const peerId = { toString: () => id } as PeerId
  const control: RPC[] = []
  const frames: Uint8Array[] = []
  const rawStream: OutboundStream['rawStream'] & FakePeer['rawStream'] = {
    writeBufferLength: 0,
    writableNeedsDrain: false,
    status: 'open',
    writeStatus: 'writable',
    addEventListener: () => undefined,
  }
  const stream: OutboundStream & { push(rpc: Uint8Array): void; close(): Promise<void> } = {
    protocol: '/meshsub/1.2.0',
    rawStream,
    push: (rpc) => void control.push(RPC.decode(rpc)),
    pushPrefixed: (frame) => void frames.push(frame),
    close: async () => undefined,
  }
  addresses++
  router.addPeer(peerId, direction, multiaddr(`/ip4/10.0.${addresses >> 8}.${addresses & 255}/tcp/9000`))
  router.streamsOutbound.set(id, stream)
  for (const topic of topics) {
    const takers = router.topics.get(topic) ?? new Set()
    router.topics.set(topic, takers.add(id))
  }
  return { id, peerId, control, frames, rawStream }
}

/** Topics of the GRAFTs, or PRUNEs with their backoff, that a peer was sent. */
export function graftsTo(peer: FakePeer): (string | undefined)[] {
  return peer.control.flatMap((rpc) => rpc.control?.graft.map(({ topicID }) => topicID) ?? [])
}

export function prunesTo(peer: FakePeer): { topic: string | undefined; backoff: number | undefined }[] {
  return peer.control.flatMap(
    (rpc) => rpc.control?.prune.map(({ topicID, backoff }) => ({ topic: topicID, backoff })) ?? [],
  )
}

/** A control message with only one kind in it. */
export function controlRpc(control: Partial<RPC.ControlMessage>): RPC {
  return {
    subscriptions: [],
    messages: [],
    control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...control },
  }
}

export function graftRpc(...topics: string[]): RPC {
  return controlRpc({ graft: topics.map((topicID) => ({ topicID })) })
}

export function pruneRpc(backoff: number | undefined, ...topics: string[]): RPC {
  return controlRpc({
    prune: topics.map((topicID) => ({ topicID, peers: [], ...(backoff === undefined ? {} : { backoff }) })),
  })
}

/** Gives the peer so many first deliveries in the topic: a positive score that grows with them. */
export function deliver(router: GossipsubInternals, id: string, count: number, topic = TOPIC): void {
  for (let i = 0; i < count; i++) router.score.deliverMessage(id, `${id}-${i}`, topic)
  router.score.scoreCache.delete(id)
}

/** Gives the peer a negative score: behaviour penalties well beyond the tolerated. */
export function punish(router: GossipsubInternals, id: string): void {
  router.score.addPenalty(id, 10, 'test')
  router.score.scoreCache.delete(id)
}

/** Options of the relay's router, as far as they matter without a network. */
export function sceneOptions(level = 5): RouterOptions {
  const mesh = meshParameters(level)
  return {
    globalSignaturePolicy: StrictNoSign,
    fallbackToFloodsub: false,
    doPX: false,
    directConnectTicks: Number.POSITIVE_INFINITY,
    ...loadOptions(mesh),
    mcacheGossip: mesh.historyGossip,
    msgIdFn: ({ data }) => data.slice(0, 20),
    msgIdToStrFn: toHex,
    scoreParams: peerScoreParams(MAINNET_SCORING, new Set()),
    scoreThresholds: SCORE_THRESHOLDS,
  }
}

function withTopicScores<T extends GossipsubInternals>(router: T): T {
  for (const [topic, kind] of [
    [TOPIC, 'beacon_block'],
    [OTHER_TOPIC, 'beacon_aggregate_and_proof'],
  ] as const) {
    const params = topicScoreParams({ kind, policy: 'blind' }, MAINNET_SCORING, 0)
    if (params !== undefined) router.score.params.topics[topic] = params
  }
  pretendStarted(router)
  return router
}

export interface RouterScene {
  readonly router: RelayRouter
  readonly clock: FakeClock
  readonly stats: GossipStats
  /** What the router told its observer, in order. */
  readonly changes: MeshChange[]
  /** Who did what, in order. */
  readonly offences: [string, GossipOffence][]
  /** May be added to and taken from at any time. */
  readonly trusted: Set<string>
}

export interface SceneOptions {
  readonly level?: number
  readonly random?: () => number
  readonly nextTurn?: (run: () => void) => void
  readonly clock?: FakeClock
  readonly receivers?: ReceiverFacts
  readonly layers?: Layers
  readonly uplinkMbits?: number
}

/** The relay's router on a fake clock that starts at the real time, as upstream's backoffs do. */
export function routerScene(options: SceneOptions = {}): RouterScene {
  const { level = 5, random, nextTurn, receivers, layers, uplinkMbits, clock = new FakeClock(Date.now()) } = options
  const stats = new GossipStats()
  const changes: MeshChange[] = []
  const offences: [string, GossipOffence][] = []
  const trusted = new Set<string>()
  const router = new RelayRouter(BARE_COMPONENTS, sceneOptions(level), {
    clock,
    observer: stats,
    fastMessageId: FAST_MESSAGE_ID,
    onMesh: (change) => void changes.push(change),
    isTrusted: (peerId) => trusted.has(peerId),
    onOffence: (peerId, offence) => void offences.push([peerId, offence]),
    seenTtlMs: 60_000,
    maxQueuedMs: 12_000,
    classOf: () => 'block',
    knownTopics: new Set([TOPIC, OTHER_TOPIC]),
    ...(random === undefined ? {} : { random }),
    ...(nextTurn === undefined ? {} : { nextTurn }),
    ...(receivers === undefined ? {} : { receivers }),
    layers,
    uplinkMbits,
  })
  return { router: withTopicScores(router), clock, stats, changes, offences, trusted }
}

/** Upstream's router as it comes, with the same options. */
export function upstreamRouter(options: RouterOptions = {}): GossipsubInternals {
  return withTopicScores(new Gossipsub(BARE_COMPONENTS, { ...sceneOptions(), ...options }))
}

/** The relay's router over the same options: what upstream's is compared with. */
export function mendedRouter(options: RouterOptions = {}): GossipsubInternals {
  const clock = new FakeClock(Date.now())
  return withTopicScores(
    new RelayRouter(
      BARE_COMPONENTS,
      { ...sceneOptions(), ...options },
      {
        clock,
        observer: new GossipStats(),
        fastMessageId: FAST_MESSAGE_ID,
        onMesh: () => undefined,
        isTrusted: () => false,
        onOffence: () => undefined,
        seenTtlMs: 60_000,
        maxQueuedMs: 12_000,
        classOf: () => 'block',
        knownTopics: new Set([TOPIC, OTHER_TOPIC]),
      },
    ),
  )
}

/** Of the memory for long messages, what may be used again; a message in the cache has a room besides. */
export function freeBytesOf(router: RelayRouter): number {
  return (router as unknown as { rooms: { freeBytes: number } }).rooms.freeBytes
}

/** `count` names in order: peer-000, peer-001 … */
export function names(count: number, prefix = 'peer'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`)
}
