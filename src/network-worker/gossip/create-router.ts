/**
 * Builds the router: wire → (fast id → duplicate?) → snappy with bounds → message id → verdict → forward. Everything
 * here runs on gossipsub's synchronous validation path, so a message is forwarded in the turn that received it.
 */
import { StrictNoSign, TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import type { PeerId } from '@libp2p/interface'
import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import { messageId } from '../../consensus/message-id.ts'
import type { ForkName } from '../../consensus/network-config.ts'
import type { Clock } from '../../shared/clock.ts'
import { toHex } from '../../shared/hex.ts'
import type { PeerIdStr, TopicStr } from '../../shared/ids.ts'
import type { Verdict, VerdictReason } from '../validation/verdict.ts'
import type { FastMessageId } from './fast-message-id.ts'
import type { OffenceObserver } from './gossip-offence.ts'
import type { RouterOptions, TopicValidator } from './gossipsub-internals.ts'
import { createSnappyTransform } from './inbound-transform.ts'
import { loadOptions } from './load-switch.ts'
import type { MeshObserver } from './mesh-observer.ts'
import { messageClass } from './message-class.ts'
import type { MeshParameters } from './network-load.ts'
import { NetworkTopics } from './network-topics.ts'
import { type PassageObserver, RelayRouter, type RouterComponents, type RouterObserver } from './relay-router.ts'
import type { SlotTiming } from './score-decay.ts'
import { peerScoreParams, SCORE_THRESHOLDS } from './score-parameters.ts'
import type { TopicContext, TopicDirectory } from './topic-directory.ts'

/** Largest gossip RPC: max_message_size() of reference/p2p.md A2.2 for a MAX_PAYLOAD_SIZE of 10 MiB. */
const MAX_PAYLOAD_SIZE = 10 * 1024 * 1024
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
  readonly clock: Clock
  readonly onMesh: MeshObserver
  readonly isTrusted: (peerId: PeerIdStr) => boolean
  readonly onOffence: OffenceObserver
  /** `from` is undefined for a message that no RPC brought. */
  readonly onTransformReject: (topic: TopicStr, reason: VerdictReason, from: PeerIdStr | undefined) => void
}

/** A factory for libp2p's services. The router has no topics yet: `Subscriptions` adds them once it is started. */
export function routerFactory(deps: RouterDeps): (components: RouterComponents) => RelayRouter {
  const { observer, clock, scoring, topics, onMesh, isTrusted, onOffence } = deps
  const seenTtlMs = SEEN_EPOCHS * scoring.slotsPerEpoch * scoring.slotDurationMs
  return (components) => {
    const knownTopics = new NetworkTopics(deps.schedule)
    const senderOf = (data: Uint8Array): PeerIdStr | undefined => router.senderOf(data)
    const router: RelayRouter = new RelayRouter(components, routerOptions(deps, senderOf), {
      observer,
      ...(deps.passage === undefined ? {} : { passage: deps.passage }),
      clock,
      seenTtlMs,
      knownTopics,
      onMesh,
      isTrusted,
      onOffence,
      // What is older than a slot has been overtaken by the next one.
      maxQueuedMs: scoring.slotDurationMs,
      classOf: (topic) => messageClass(topics.get(topic)?.parsed.spec.kind ?? 'beacon_block'),
    })
    return router
  }
}

function routerOptions(deps: RouterDeps, senderOf: (data: Uint8Array) => PeerIdStr | undefined): RouterOptions {
  const { mesh, scoring, topics, fastMessageId } = deps
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
    fastMsgIdFn: (message) => fastMessageId(message.topic, message.data ?? EMPTY),
    msgIdFn: (message) => messageId(message.topic, EMPTY, message.data, forkOf(topics, message.topic)),
    msgIdToStrFn: toHex,
    dataTransform: createSnappyTransform(topics, (topic, reason, data) =>
      deps.onTransformReject(topic, reason, senderOf(data)),
    ),
  }
}

const EMPTY = new Uint8Array()

function forkOf(topics: TopicDirectory, topic: string): ForkName {
  return topics.get(topic)?.entry.fork ?? 'altair'
}

/** Adapts a verdict function to gossipsub's validators; `onVerdict` sees each verdict once. */
export function topicValidator(
  context: TopicContext,
  check: (context: TopicContext, ssz: Uint8Array) => Verdict,
  onVerdict: (context: TopicContext, verdict: Verdict, ssz: Uint8Array, from: PeerId) => void,
): TopicValidator {
  return (from, message) => {
    const verdict = check(context, message.data)
    onVerdict(context, verdict, message.data, from)
    switch (verdict.action) {
      case 'accept':
        return TopicValidatorResult.Accept
      case 'ignore':
        return TopicValidatorResult.Ignore
      case 'reject':
        return TopicValidatorResult.Reject
    }
  }
}
