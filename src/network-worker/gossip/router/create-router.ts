/**
 * Builds the router, and the rules of its topics: wire → (fast id → duplicate?) → snappy with bounds → message id →
 * verdict → forward.
 */
import { StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import type { Layers } from '../../../config/address-settings.ts'
import type { ForkSchedule } from '../../../consensus/fork-schedule.ts'
import { MAX_PAYLOAD_SIZE } from '../../../consensus/ssz/ssz-bounds.ts'
import type { Clock } from '../../../shared/clock.ts'
import { toHex } from '../../../shared/hex.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { kindIndex } from '../../stats/kind-traffic.ts'
import { PayloadOpener } from '../arrival/payload-opener.ts'
import type { OffenceObserver } from '../gossip-offence.ts'
import type { FastMessageId } from '../ids/fast-message-id.ts'
import { loadOptions } from '../mesh/load-switch.ts'
import type { MeshObserver } from '../mesh/mesh-observer.ts'
import type { MeshParameters } from '../mesh/network-load.ts'
import { messageClass } from '../message-class.ts'
import type { SlotTiming } from '../score/score-decay.ts'
import { peerScoreParams, SCORE_THRESHOLDS } from '../score/score-parameters.ts'
import type { ReceiverFacts } from '../sending/receiver-order.ts'
import { NetworkTopics } from '../topics/network-topics.ts'
import type { TopicContext, TopicDirectory } from '../topics/topic-directory.ts'
import type { TopicRules } from '../topics/topic-rules.ts'
import type { RouterOptions } from './gossipsub-internals.ts'
import { type PassageObserver, RelayRouter, type RouterComponents, type RouterObserver } from './relay-router.ts'

/** Largest gossip RPC: max_message_size() of specs/phase0/p2p-interface.md. */
export const MAX_RPC_BYTES = 32 + MAX_PAYLOAD_SIZE + Math.floor(MAX_PAYLOAD_SIZE / 6) + 1024
/** Past it libp2p aborts the stream; the outbox holds messages back long before (STREAM_WATERMARK_BYTES). */
const OUTBOUND_ABORT_BYTES = 16 * 1024 * 1024
/** Messages of this size and more are announced by IDONTWANT before validation (design.md §5): blocks and columns, never attestations. */
const IDONTWANT_BYTES = 2048
/** seen_ttl: two epochs (reference/p2p.md A2.3). */
const SEEN_EPOCHS = 2
const FANOUT_TTL_MS = 60_000

export interface RouterDeps {
  readonly topics: TopicDirectory
  readonly schedule: ForkSchedule
  readonly fastMessageId: FastMessageId
  readonly mesh: MeshParameters
  readonly scoring: SlotTiming
  readonly exemptIps: Set<string>
  readonly observer: RouterObserver
  readonly passage?: PassageObserver
  readonly receivers?: ReceiverFacts
  readonly clock: Clock
  readonly onMesh: MeshObserver
  readonly isTrusted: (peerId: PeerIdStr) => boolean
  readonly onOffence: OffenceObserver
  /** Our own unless said. */
  readonly layers?: Layers
  /** What the uplink carries in a second, Mbit, if that is known. */
  readonly uplinkMbits?: number | undefined
}

/** A factory for libp2p's services. The router has no topics yet: `Subscriptions` adds them once it is started. */
export function routerFactory(deps: RouterDeps): (components: RouterComponents) => RelayRouter {
  const { observer, clock, scoring, topics, onMesh, isTrusted, onOffence, fastMessageId, layers, uplinkMbits } = deps
  const seenTtlMs = SEEN_EPOCHS * scoring.slotsPerEpoch * scoring.slotDurationMs
  return (components) =>
    new RelayRouter(components, routerOptions(deps), {
      observer,
      ...(deps.passage === undefined ? {} : { passage: deps.passage }),
      ...(deps.receivers === undefined ? {} : { receivers: deps.receivers }),
      clock,
      fastMessageId,
      seenTtlMs,
      knownTopics: new NetworkTopics(deps.schedule),
      onMesh,
      isTrusted,
      onOffence,
      layers,
      uplinkMbits,
      // What is older than a slot has been overtaken by the next one.
      maxQueuedMs: scoring.slotDurationMs,
      classOf: (topic) => messageClass(topics.get(topic)?.parsed.spec.kind ?? 'beacon_block'),
    })
}

function routerOptions(deps: RouterDeps): RouterOptions {
  const { mesh, scoring } = deps
  return {
    globalSignaturePolicy: StrictNoSign,
    fallbackToFloodsub: false,
    floodPublish: false,
    doPX: false,
    tagMeshPeers: false,
    emitSelf: false,
    asyncValidation: false,
    allowPublishToZeroTopicPeers: true,
    // Upstream awaits these dials inside a heartbeat; a relay reconnects its direct peers itself.
    directConnectTicks: Number.POSITIVE_INFINITY,
    ...loadOptions(mesh),
    mcacheGossip: mesh.historyGossip,
    fanoutTTL: FANOUT_TTL_MS,
    idontwantMinDataSize: IDONTWANT_BYTES,
    maxInboundDataLength: MAX_RPC_BYTES,
    maxOutboundBufferSize: OUTBOUND_ABORT_BYTES,
    scoreParams: peerScoreParams(scoring, deps.exemptIps),
    scoreThresholds: SCORE_THRESHOLDS,
    msgIdToStrFn: toHex,
  }
}

/** The rules of a topic that we are in: snappy and id as the network has them, and the judgement given. */
export function topicRules(
  context: TopicContext,
  judge: Pick<TopicRules, 'check' | 'onVerdict' | 'onUnreadable'>,
): TopicRules {
  const { kind } = context.parsed.spec
  const opener = new PayloadOpener(context)
  return {
    ...judge,
    kind: kindIndex(kind),
    messageClass: messageClass(kind),
    open: (data) => opener.open(data),
    idOf: (payload) => opener.idOf(payload),
  }
}
