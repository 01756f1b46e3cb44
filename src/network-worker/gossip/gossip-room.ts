/**
 * Gossip as one piece: what libp2p needs to build the router, and the subscriptions that fill it once it runs.
 * In: RPCs from the host. Out: forwarded bytes, counts, the slots of accepted blocks.
 */
import type { RelayConfig } from '../../config/schema.ts'
import { presetOf } from '../../consensus/network-config.ts'
import { peekSlot } from '../../consensus/ssz-peek.ts'
import type { GossipKind } from '../../consensus/topic-table.ts'
import type { Clock } from '../../shared/clock.ts'
import type { TopicStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import { ExemptIpSet, type IpExemption } from '../host/ip-exemption.ts'
import type { GossipStats } from '../stats/gossip-stats.ts'
import { createBlindChecks } from '../validation/blind-checks.ts'
import { ACCEPT, type Verdict } from '../validation/verdict.ts'
import { routerFactory, topicValidator } from './create-router.ts'
import { createFastMessageId } from './fast-message-id.ts'
import type { MeshObserver } from './mesh-observer.ts'
import type { MeshParameters } from './network-load.ts'
import { wantedTopics } from './own-subnets.ts'
import type { RelayRouter, RouterComponents } from './relay-router.ts'
import { type ScoreSetting, topicScoreParams } from './score-parameters.ts'
import { Subscriptions, type TopicSubscriber } from './subscriptions.ts'
import { type TopicContext, TopicDirectory, type ValidationPolicy } from './topic-directory.ts'

export interface GossipRoomDeps {
  readonly config: RelayConfig
  readonly chain: Chain
  readonly clock: Clock
  readonly log: Logger
  readonly stats: GossipStats
  readonly exemption: IpExemption
  readonly nodeId: Uint8Array
  /** What the mesh starts with. */
  readonly mesh: MeshParameters
  readonly onMesh: MeshObserver
  /** Called at start and at each epoch, after the topics are right for it. */
  readonly onEpoch: (epoch: number) => void
}

export interface GossipRoom {
  readonly directory: TopicDirectory
  /** A libp2p service; called once by the host. */
  createRouter(components: RouterComponents): RelayRouter
  /** Topics are joined by the router given here, which must have started. */
  subscriptions(router: RelayRouter): Subscriptions
  /** Another mesh size and heartbeat, from the next heartbeat on. */
  setLoad(router: RelayRouter, mesh: MeshParameters): void
}

/** Prepares gossip; nothing runs yet. */
export async function openGossip(deps: GossipRoomDeps): Promise<GossipRoom> {
  const { config, chain, clock, log, stats, mesh } = deps
  const directory = new TopicDirectory()
  const { slotDurationMs, slotsPerEpoch } = chain.network
  const scoring = { slotDurationMs, slotsPerEpoch, meshN: mesh.meshN }
  const createRouter = routerFactory({
    topics: directory,
    schedule: chain.schedule,
    fastMessageId: await createFastMessageId(),
    mesh,
    scoring,
    exemptIps: new ExemptIpSet(deps.exemption),
    observer: stats,
    clock,
    onMesh: deps.onMesh,
    onTransformReject: (_topic, reason) => stats.onVerdict({ action: 'reject', reason }),
  })
  return {
    directory,
    createRouter,
    setLoad: (router, next) => {
      scoring.meshN = next.meshN
      // A first delivery is worth more in a larger mesh, where each peer has fewer of them.
      for (const { topic, parsed } of directory.all()) setTopicScore(router, topic, parsed.spec.kind, scoring)
      router.setLoad(next)
    },
    subscriptions: (router) =>
      new Subscriptions({
        preset: presetOf(chain.network),
        schedule: chain.schedule,
        slotClock: chain.slotClock,
        clock,
        log,
        directory,
        subscriber: topicSubscriber(deps, router, scoring),
        wantedAt: (epoch) => wantedTopics(config, deps.nodeId, epoch),
        policyOf: (kind) => policyOf(config, kind),
        onEpoch: deps.onEpoch,
      }),
  }
}

function policyOf({ validation }: RelayConfig, kind: string): ValidationPolicy {
  return validation.perTopic[kind] ?? validation.default
}

function setTopicScore(router: RelayRouter, topic: TopicStr, kind: GossipKind, scoring: ScoreSetting): void {
  const params = topicScoreParams(kind, scoring)
  if (params !== undefined) router.score.params.topics[topic] = params
}

/** Joins and leaves topics in the router, with their validator and score parameters. */
function topicSubscriber(deps: GossipRoomDeps, router: RelayRouter, scoring: ScoreSetting): TopicSubscriber {
  const { chain, clock, stats } = deps
  const blindChecks = createBlindChecks({
    slotClock: chain.slotClock,
    schedule: chain.schedule,
    slotsPerEpoch: scoring.slotsPerEpoch,
    nowMs: () => clock.nowMs(),
  })
  const onVerdict = (context: TopicContext, verdict: Verdict, ssz: Uint8Array): void => {
    stats.onVerdict(verdict)
    if (verdict.action !== 'accept' || context.parsed.spec.kind !== 'beacon_block') return
    stats.onAcceptedBlock()
    const slot = peekSlot('beacon_block', context.entry.fork, ssz)
    if (slot !== undefined) chain.head.onBlock(slot)
  }
  return {
    join: (context) => {
      setTopicScore(router, context.topic, context.parsed.spec.kind, scoring)
      const check = context.policy === 'none' ? (): Verdict => ACCEPT : blindChecks
      router.allow(context.topic, topicValidator(context, check, onVerdict))
      router.subscribe(context.topic)
    },
    // Score parameters stay: upstream reads them of every topic a peer has counters for.
    leave: (topic) => {
      router.unsubscribe(topic)
      router.disallow(topic)
    },
  }
}
