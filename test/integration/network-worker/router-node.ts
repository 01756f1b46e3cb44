/** libp2p nodes around a router class of the test's choice: upstream's or the relay's, on TCP, noise and yamux. */
import { StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { OffenceObserver } from '../../../src/network-worker/gossip/gossip-offence.ts'
import { createFastMessageId } from '../../../src/network-worker/gossip/ids/fast-message-id.ts'
import { loadOptions } from '../../../src/network-worker/gossip/mesh/load-switch.ts'
import { meshParameters } from '../../../src/network-worker/gossip/mesh/network-load.ts'
import {
  Gossipsub,
  type GossipsubInternals,
  type RouterComponents,
  type RouterOptions,
} from '../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { RelayRouter, type RelayRouterDeps } from '../../../src/network-worker/gossip/router/relay-router.ts'
import { peerScoreParams } from '../../../src/network-worker/gossip/score/score-parameters.ts'
import type { TopicRules } from '../../../src/network-worker/gossip/topics/topic-rules.ts'
import { GossipStats } from '../../../src/network-worker/stats/gossip-stats.ts'
import { UNKNOWN_KIND } from '../../../src/network-worker/stats/kind-traffic.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { toHex } from '../../../src/shared/hex.ts'
import type { PeerIdStr } from '../../../src/shared/ids.ts'
import { until } from '../../support/until.ts'

export const TOPIC = 'topic'
const ID_BYTES = 20

const FAST_MESSAGE_ID = createFastMessageId()

const OPTIONS: RouterOptions = {
  globalSignaturePolicy: StrictNoSign,
  fallbackToFloodsub: false,
  floodPublish: false,
  tagMeshPeers: false,
  emitSelf: false,
  allowPublishToZeroTopicPeers: true,
  idontwantMinDataSize: 1_000_000_000,
  ...loadOptions(meshParameters(20)),
  // As the relay has them: a few lost streams cost nothing yet.
  scoreParams: peerScoreParams({ slotDurationMs: 12_000, slotsPerEpoch: 32 }, new Set()),
  mcacheGossip: meshParameters(20).historyGossip,
  msgIdFn: ({ data }) => data.slice(0, ID_BYTES),
  msgIdToStrFn: toHex,
}

export function upstream(components: RouterComponents, options: RouterOptions = {}): GossipsubInternals {
  return new Gossipsub(components, { ...OPTIONS, ...options })
}

export function relayRouter(
  components: RouterComponents,
  options: RouterOptions = {},
  onOffence: OffenceObserver = () => undefined,
  deps: Partial<RelayRouterDeps> = {},
): RelayRouter {
  return new RelayRouter(
    components,
    { ...OPTIONS, ...options },
    {
      clock: systemClock,
      observer: new GossipStats(),
      fastMessageId: FAST_MESSAGE_ID,
      onMesh: () => undefined,
      isTrusted: () => false,
      onOffence,
      seenTtlMs: 60_000,
      maxQueuedMs: 12_000,
      classOf: () => 'block',
      knownTopics: new Set([TOPIC]),
      ...deps,
    },
  )
}

export interface RouterNode<R extends GossipsubInternals> extends AsyncDisposable {
  readonly node: Libp2p
  readonly router: R
  readonly peerId: PeerIdStr
  /** First bytes of the messages it got, in order. */
  readonly got: number[]
}

export async function startRouterNode<R extends GossipsubInternals>(
  create: (components: RouterComponents) => R,
): Promise<RouterNode<R>> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { reconnectRetries: 0, inboundConnectionThreshold: Number.POSITIVE_INFINITY },
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), gossip: (components: RouterComponents) => create(components) as object },
  })
  const router = node.services.gossip as R
  const got: number[] = []
  if (router instanceof RelayRouter) takeAll(router, got)
  const onMessage = ({ detail }: CustomEvent<{ msg: { data: Uint8Array } }>): void =>
    void got.push(detail.msg.data[0] ?? -1)
  ;(router as unknown as EventTarget).addEventListener('gossipsub:message', onMessage as never)
  return { node, router, peerId: node.peerId.toString(), got, [Symbol.asyncDispose]: async () => node.stop() }
}

/** Has a relay take every message of the topic; it dispatches no events. */
function takeAll(router: RelayRouter, got: number[]): void {
  router.allow(TOPIC, plainRules({ onVerdict: (_verdict, payload) => void got.push(payload[0] ?? -1) }))
}

/** Rules that open every payload, know it by its first bytes, and accept it, as far as no others are given. */
export function plainRules(rules: Partial<TopicRules> = {}): TopicRules {
  return {
    kind: UNKNOWN_KIND,
    messageClass: 'block',
    open: (bytes) => ({ ok: true, bytes }),
    idOf: (payload) => toHex(payload.subarray(0, ID_BYTES)),
    check: () => ({ action: 'accept' }),
    onVerdict: () => undefined,
    onUnreadable: () => undefined,
    ...rules,
  }
}

/** Connects two nodes, both in the topic, and waits until each has the other in its mesh. */
export async function mesh(from: RouterNode<GossipsubInternals>, to: RouterNode<GossipsubInternals>): Promise<void> {
  for (const { router } of [from, to]) if (!router.mesh.has(TOPIC)) router.subscribe(TOPIC)
  await from.node.dial(to.node.getMultiaddrs())
  await until(
    'a mesh of two',
    () => from.router.mesh.get(TOPIC)?.has(to.peerId) === true && to.router.mesh.get(TOPIC)?.has(from.peerId) === true,
  )
}

/** Sends a message whose first byte is `first` the way a relay does: by forwarding it. */
export function forward({ router }: RouterNode<GossipsubInternals>, first: number, bytes = 100): void {
  const data = new Uint8Array(bytes)
  crypto.getRandomValues(data.subarray(0, Math.min(bytes, 60_000)))
  data[0] = first
  router.forwardMessage(`id-${first}`, { topic: TOPIC, data }, 'elsewhere')
}
