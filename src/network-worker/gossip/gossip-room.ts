/**
 * Gossip as one piece: what libp2p needs to build the router, and the subscriptions that fill it once it runs.
 * In: RPCs from the host. Out: forwarded bytes, counts, the slots of accepted blocks.
 */
import type { PeerId } from '@libp2p/interface'
import type { RelayConfig } from '../../config/schema.ts'
import { presetOf } from '../../consensus/network-config.ts'
import { peekSlot } from '../../consensus/ssz/ssz-peek.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import { ExemptIpSet, type IpExemption } from '../host/ip-exemption.ts'
import type { GossipStats } from '../stats/gossip-stats.ts'
import type { PeerSources } from '../validation/policy/corroboration-book.ts'
import { NO_VERIFIER } from '../validation/policy/no-verifier.ts'
import { openPolicies, type PolicyRoom } from '../validation/policy/policy-room.ts'
import type { Verdict } from '../validation/verdict.ts'
import type { Verifier } from '../validation/verify/verifier.ts'
import type { BlockObserver } from './block-observer.ts'
import type { OffenceObserver } from './gossip-offence.ts'
import { createFastMessageId } from './ids/fast-message-id.ts'
import type { MeshObserver } from './mesh/mesh-observer.ts'
import type { MeshParameters } from './mesh/network-load.ts'
import { routerFactory, topicRules } from './router/create-router.ts'
import type { PassageObserver, RelayRouter, RouterComponents } from './router/relay-router.ts'
import { TopicScores } from './score/topic-scores.ts'
import { wantedTopics } from './topics/own-subnets.ts'
import { Subscriptions, type TopicSubscriber } from './topics/subscriptions.ts'
import { type TopicContext, TopicDirectory } from './topics/topic-directory.ts'

export interface GossipRoomDeps {
  readonly config: RelayConfig
  readonly chain: Chain
  readonly clock: Clock
  readonly log: Logger
  readonly stats: GossipStats
  /** Follows the blocks. */
  readonly blocks?: BlockObserver
  /** Told of all that passed, once its receivers have it. */
  readonly events?: PassedObserver
  /** Whose word counts for how much. */
  readonly sources: PeerSources
  /** A peer's best measured round trip as blocks have it, ms (`peers/block-way.ts`). */
  readonly rttMs: (peerId: PeerIdStr) => number | undefined
  /** Who sent many blocks first in earlier runs, the longest unheard first. */
  readonly knownSenders?: readonly PeerIdStr[] | undefined
  /** Verifies what can be verified; nothing when absent. */
  readonly verifier?: Verifier
  readonly exemption: IpExemption
  readonly nodeId: Uint8Array
  /** What the mesh starts with. */
  readonly mesh: MeshParameters
  readonly onMesh: MeshObserver
  /** Called at start and at each epoch, after the topics are right for it. */
  readonly onEpoch: (epoch: number) => void
  readonly isTrusted: (peerId: PeerIdStr) => boolean
  /** Asked whenever scores are refreshed; null while nobody said. */
  readonly activeValidators: () => number | null
  readonly onOffence: OffenceObserver
  /** A block of this slot came just now, accepted or too early. */
  readonly onBlockSlot?: (slot: number, from: PeerIdStr) => void
}

/** Called on the hot path: takes note, and works later. `data` is compressed, and lent for the call. */
export interface PassedObserver {
  onPassed(context: TopicContext, data: Uint8Array): void
}

/** Topics joined, left and scored as time goes on. */
export interface TopicUpkeep {
  start(): void
  stop(): void
}

export interface GossipRoom {
  readonly directory: TopicDirectory
  readonly policies: PolicyRoom
  /** A libp2p service; called once by the host. */
  createRouter(components: RouterComponents): RelayRouter
  /** Topics are joined by the router given here, which must have started. */
  subscriptions(router: RelayRouter): TopicUpkeep
  /** Another mesh size and heartbeat, from the next heartbeat on. */
  setLoad(router: RelayRouter, mesh: MeshParameters): void
  /** Makes the topics' score parameters anew: to be called when the number of validators changed. */
  refreshScoring(router: RelayRouter): void
}

/** Of what is too early, so much may be the fault of clocks; a head of a Status may be as far ahead (peers/relevance). */
const MAX_AHEAD_SLOTS = 1
/** Between refreshes of the topics' score parameters, ms (reference/scoring.md §3.4). */
const SCORE_REFRESH_MS = 60_000

/** Prepares gossip; nothing runs yet. */
export async function openGossip(deps: GossipRoomDeps): Promise<GossipRoom> {
  const { config, chain, clock, log, stats, mesh } = deps
  const directory = new TopicDirectory()
  const policies = openPolicies({ ...deps, verifier: deps.verifier ?? NO_VERIFIER })
  let { meshN } = mesh
  const { slotDurationMs, slotsPerEpoch } = chain.network
  const scores = new TopicScores({
    directory,
    setting: () => ({
      slotDurationMs,
      slotsPerEpoch,
      preset: presetOf(chain.network),
      meshN,
      activeValidators: deps.activeValidators(),
    }),
    currentSlot: () => chain.slotClock.currentSlot(),
    currentDigestHex: () => chain.currentDigest().digestHex,
  })
  const createRouter = routerFactory({
    topics: directory,
    schedule: chain.schedule,
    fastMessageId: createFastMessageId(),
    mesh,
    scoring: chain.network,
    exemptIps: new ExemptIpSet(deps.exemption),
    observer: stats,
    passage: passageOf(directory, policies, deps),
    receivers: { isOwn: (peerId) => deps.sources.bypasses(peerId), rttMs: deps.rttMs },
    clock,
    onMesh: deps.onMesh,
    isTrusted: deps.isTrusted,
    onOffence: deps.onOffence,
    layers: config.layers,
    uplinkMbits: config.uplinkMbits,
  })
  return {
    directory,
    policies,
    createRouter,
    setLoad: (router, next) => {
      // A first delivery is worth more in a larger mesh, where each peer has fewer of them.
      meshN = next.meshN
      scores.refresh(router.score)
      router.setLoad(next)
    },
    refreshScoring: (router) => scores.refresh(router.score),
    subscriptions: (router) => {
      const subscriptions = new Subscriptions({
        preset: presetOf(chain.network),
        schedule: chain.schedule,
        slotClock: chain.slotClock,
        clock,
        log,
        directory,
        subscriber: topicSubscriber(deps, policies, router, scores),
        wantedAt: (epoch) => wantedTopics(config, deps.nodeId, epoch),
        policyOf: policies.policyOf,
        onEpoch: (epoch) => {
          scores.refresh(router.score)
          deps.onEpoch(epoch)
        },
      })
      const upkeep = withPeriod(subscriptions, clock, () => scores.refresh(router.score))
      return {
        start: upkeep.start,
        stop: () => {
          upkeep.stop()
          policies.stop()
        },
      }
    },
  }
}

/** Adds a refresh of the scores each minute to the upkeep of the topics. */
function withPeriod(subscriptions: Subscriptions, clock: Clock, refresh: () => void): TopicUpkeep {
  let timer: Disposable | undefined
  return {
    start: () => {
      subscriptions.start()
      timer = clock.every(SCORE_REFRESH_MS, refresh)
    },
    stop: () => {
      timer?.[Symbol.dispose]()
      timer = undefined
      subscriptions.stop()
    },
  }
}

/**
 * Picks the blocks from all that passes; the events have a choice of their own. Copies are not picked: their ids tell them
 * as cheaply as their topic would.
 */
function passageOf(
  directory: TopicDirectory,
  policies: PolicyRoom,
  { blocks, events }: Pick<GossipRoomDeps, 'blocks' | 'events'>,
): PassageObserver {
  return {
    onPassed: (topic, msgId, data, from, atMs) => {
      const context = directory.get(topic)
      if (context === undefined) return
      events?.onPassed(context, data)
      if (context.parsed.spec.kind !== 'beacon_block') return
      const { entry, maxSszBytes } = context
      const isVouched = policies.isVouched(msgId)
      blocks?.onBlock({ msgId, fork: entry.fork, data, maxSszBytes, from, atMs, isVouched })
    },
    onCopy: (msgId, from) => {
      policies.onCopy(msgId, from)
      blocks?.onCopy(msgId, from)
    },
  }
}

type VerdictListener = (context: TopicContext, verdict: Verdict, ssz: Uint8Array, from: PeerId) => void

/** Counts verdicts, tells offences, and follows the slots of blocks. */
function verdictListener({ chain, stats, onOffence, onBlockSlot }: GossipRoomDeps): VerdictListener {
  const onAccepted = (slot: number | undefined, isBlock: boolean, from: PeerId): void => {
    if (isBlock) stats.onAcceptedBlock()
    if (slot === undefined) return
    chain.clockDoubt.inTime(from)
    if (!isBlock) return
    chain.head.onBlock(slot)
    onBlockSlot?.(slot, from.toString())
  }
  const blame = (peerId: PeerIdStr): void => onOffence(peerId, { kind: 'far_ahead' })
  const onEarly = (slot: number | undefined, isBlock: boolean, from: PeerId): void => {
    if (slot === undefined) return
    if (slot > chain.slotClock.currentSlot() + MAX_AHEAD_SLOTS) chain.clockDoubt.ahead(from.toString(), blame)
    if (isBlock) onBlockSlot?.(slot, from.toString())
  }
  return ({ parsed, entry }, verdict, ssz, from) => {
    const { kind } = parsed.spec
    const isBlock = kind === 'beacon_block'
    stats.onVerdict(verdict)
    if (verdict.action === 'accept') {
      const slot = isBlock || chain.clockDoubt.isAwake ? peekSlot(kind, entry.fork, ssz) : undefined
      onAccepted(slot, isBlock, from)
    } else if (verdict.action === 'reject') {
      onOffence(from.toString(), { kind: 'rejected', topicKind: kind, reason: verdict.reason })
    } else if (verdict.reason === 'future_slot') onEarly(peekSlot(kind, entry.fork, ssz), isBlock, from)
  }
}

/** Joins and leaves topics in the router, with their rules and score parameters. */
function topicSubscriber(
  deps: GossipRoomDeps,
  policies: PolicyRoom,
  router: RelayRouter,
  scores: TopicScores,
): TopicSubscriber {
  const { stats } = deps
  const onVerdict = verdictListener(deps)
  return {
    join: (context) => {
      scores.install(router.score, context)
      const { kind: topicKind } = context.parsed.spec
      const rules = topicRules(context, {
        check: policies.checkOf(context, (msgId, guilty) => {
          router.disown(context.topic, msgId, guilty, deps.sources.bypasses)
          for (const peerId of guilty) deps.onOffence(peerId, { kind: 'rejected', topicKind, reason: 'bad_signature' })
        }),
        onVerdict: (verdict, ssz, from) => onVerdict(context, verdict, ssz, from),
        onUnreadable: (reason, from) => {
          stats.onVerdict({ action: 'reject', reason })
          deps.onOffence(from, { kind: 'rejected', topicKind, reason })
        },
      })
      router.allow(context.topic, rules)
      router.subscribe(context.topic)
    },
    // Score parameters stay: upstream reads them of every topic a peer has counters for.
    leave: (topic) => {
      router.unsubscribe(topic)
      router.disallow(topic)
    },
  }
}
