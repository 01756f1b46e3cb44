/**
 * All counts of this thread as one plain record, made when somebody asks. In: the books and counters of every room. Out:
 * a view whose texts are all from closed lists. Nothing here runs on the way of a message.
 */
import { GOSSIP_KINDS } from '../../consensus/topic-table.ts'
import type { CountsByName, KindMesh, MetricsView } from '../../rpc/metrics-view.ts'
import type { PeerDirection, PeerState } from '../../rpc/peer-views.ts'
import type { ThreadLoad } from '../../shared/thread-load.ts'
import type { BlockHead } from '../chain/block-head.ts'
import type { ClockOffset } from '../chain/clock-offset.ts'
import type { DiscoveryRoom } from '../discovery/discovery-room.ts'
import { MESSAGE_CLASSES } from '../gossip/message-class.ts'
import type { RelayRouter } from '../gossip/router/relay-router.ts'
import { DROP_REASONS } from '../gossip/sending/peer-outbox.ts'
import type { TopicDirectory } from '../gossip/topics/topic-directory.ts'
import type { WindowUpkeep } from '../host/congestion/window-upkeep.ts'
import type { SocketRoom } from '../host/quic/socket-room.ts'
import type { Admission } from '../peers/admission.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'
import type { ScoreBook } from '../peers/score/score-book.ts'
import { CLIENT_FAMILIES, clientFamily } from '../peers/vocabulary/client-family.ts'
import type { WindowGrowth } from '../peers/window-growth.ts'
import type { RecentRoom } from '../recent/recent-room.ts'
import type { PolicyRoom } from '../validation/policy/policy-room.ts'
import type { VerificationCounts } from '../validation/verify/verification-counts.ts'
import type { BlockStats } from './block-stats.ts'
import type { GossipStats } from './gossip-stats.ts'

const STATES: readonly PeerState[] = ['connected', 'connecting', 'disconnecting']
const DIRECTIONS: readonly PeerDirection[] = ['inbound', 'outbound']

export interface MetricsDeps {
  readonly stats: Pick<GossipStats, 'counters' | 'traffic' | 'reasons' | 'drops'>
  readonly router: Pick<RelayRouter, 'meshPeers' | 'wireView'>
  readonly directory: Pick<TopicDirectory, 'all'>
  readonly registry: Pick<PeerRegistry, 'live' | 'forgotten'>
  readonly scores: Pick<ScoreBook, 'counts' | 'banned'>
  readonly admission: Pick<Admission, 'refused'>
  /** Undefined when it is switched off. */
  readonly windowUpkeep?: Pick<WindowUpkeep, 'kept' | 'pings' | 'dropped'> | undefined
  /** Likewise. */
  readonly windowGrowth?: Pick<WindowGrowth, 'counts'> | undefined
  /** Undefined without QUIC. */
  readonly quicRoom?: Pick<SocketRoom, 'dropped'> | undefined
  readonly head: Pick<BlockHead, 'newestSlot' | 'syncDistance'>
  readonly clockOffset: Pick<ClockOffset, 'boundMs'>
  readonly policies: Pick<PolicyRoom, 'heldMessages' | 'isInDoubt'>
  readonly blocks: Pick<BlockStats, 'hidden'>
  /** Undefined when nothing recent is kept. */
  readonly recent?: Pick<RecentRoom, 'objects' | 'intake'> | undefined
  readonly verifier: { readonly counts: Pick<VerificationCounts, 'all'> }
  readonly load: Pick<ThreadLoad, 'view'>
  readonly discovery: Pick<DiscoveryRoom, 'metrics'>
}

function recentDropsOf({ recent }: MetricsDeps): CountsByName {
  return recent === undefined ? {} : { ...recent.objects.drops, not_opened: recent.intake.dropped }
}

function keptWindowsOf({ windowUpkeep }: MetricsDeps): MetricsView['keptWindows'] {
  const { kept: connections = 0, pings = 0, dropped = 0 } = windowUpkeep ?? {}
  return { connections, pings, dropped }
}

export function metricsSnapshot(deps: MetricsDeps): MetricsView {
  const { stats, router, registry, scores, admission, head, clockOffset, load } = deps
  return {
    counters: stats.counters(),
    traffic: stats.traffic.rows(),
    refused: Object.fromEntries(stats.reasons),
    verified: deps.verifier.counts.all(),
    dropped: dropsOf(stats),
    meshes: meshesOf(deps),
    wire: router.wireView(),
    peers: peersOf(registry),
    clients: clientsOf(registry),
    reports: Object.fromEntries(scores.counts.reports),
    bannedByScore: scores.banned().length,
    forgottenScores: scores.counts.forgotten,
    droppedBans: scores.counts.droppedBans,
    forgottenPeers: registry.forgotten,
    refusedConnections: { ...admission.refused },
    keptWindows: keptWindowsOf(deps),
    windowRequests: deps.windowGrowth?.counts ?? { outcomes: {}, bytes: 0 },
    quicDroppedDatagrams: deps.quicRoom?.dropped ?? 0,
    headSlot: head.newestSlot ?? 0,
    syncDistance: head.syncDistance(),
    clockOffsetBoundMs: clockOffset.boundMs(),
    heldMessages: deps.policies.heldMessages,
    isForgeryAbout: deps.policies.isInDoubt,
    hiddenBlocks: { ...deps.blocks.hidden },
    recentObjects: deps.recent?.objects.figures.objects ?? 0,
    recentDiskBytes: deps.recent?.objects.figures.diskBytes ?? 0,
    recentDrops: recentDropsOf(deps),
    load: load.view(),
    discovery: deps.discovery.metrics(),
  }
}

function dropsOf({ drops }: MetricsDeps['stats']): MetricsView['dropped'] {
  // Zeros too: `increase()` of a series that begins with its first event does not see that event.
  return DROP_REASONS.flatMap((reason) =>
    MESSAGE_CLASSES.map((messageClass) => ({
      reason,
      messageClass,
      messages: drops.get(`${reason}:${messageClass}`) ?? 0,
    })),
  )
}

function meshesOf({ directory, router }: MetricsDeps): readonly KindMesh[] {
  const sizes = new Map<string, number[]>(GOSSIP_KINDS.map((kind) => [kind, []]))
  for (const { topic, parsed } of directory.all()) sizes.get(parsed.spec.kind)?.push(router.meshPeers(topic).length)
  return [...sizes].map(([kind, ofTopics]) => ({
    kind,
    topics: ofTopics.length,
    meshPeers: ofTopics.reduce((sum, size) => sum + size, 0),
    smallestMesh: ofTopics.length === 0 ? undefined : Math.min(...ofTopics),
    largestMesh: ofTopics.length === 0 ? undefined : Math.max(...ofTopics),
  }))
}

function peersOf(registry: MetricsDeps['registry']): MetricsView['peers'] {
  const live = registry.live()
  return STATES.flatMap((state) =>
    DIRECTIONS.map((direction) => ({
      state,
      direction,
      peers: live.filter((record) => record.state === state && record.direction === direction).length,
    })),
  )
}

function clientsOf(registry: MetricsDeps['registry']): CountsByName {
  const counts = Object.fromEntries(CLIENT_FAMILIES.map((family) => [family, 0])) as Record<string, number>
  for (const { state, client } of registry.live()) {
    const family = clientFamily(client)
    if (state === 'connected') counts[family] = (counts[family] ?? 0) + 1
  }
  return counts
}
