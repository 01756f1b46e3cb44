/** The worker's side of `Control`: each call is a lookup or one call into the room that does it. */
import type { ArrivalView, FirstBlockSenderView } from '../../rpc/block-views.ts'
import type { Control } from '../../rpc/contract.ts'
import type { MeshTopicView } from '../../rpc/mesh-views.ts'
import type { MetricsView } from '../../rpc/metrics-view.ts'
import type { NodeInfoView } from '../../rpc/node-views.ts'
import type { PeerView } from '../../rpc/peer-views.ts'
import type { Handlers } from '../../rpc/server.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr, TopicStr } from '../../shared/ids.ts'
import type { Chain } from '../chain/chain.ts'
import type { DiscoveryRoom } from '../discovery/discovery-room.ts'
import type { EventsRoom } from '../events/events-room.ts'
import type { RelayRouter } from '../gossip/router/relay-router.ts'
import type { TopicDirectory } from '../gossip/topics/topic-directory.ts'
import { parsePeerId } from '../peers/dialling/dial-target.ts'
import type { Dialer } from '../peers/dialling/dialer.ts'
import { type RedialBook, SELF_PRUNED_MS } from '../peers/dialling/redial-book.ts'
import type { ExplicitPeers } from '../peers/explicit-peers.ts'
import { GOODBYE } from '../peers/goodbye-reason.ts'
import type { LastDisconnects } from '../peers/last-disconnect.ts'
import type { PeerManager } from '../peers/peer-manager.ts'
import { type PeerRecord, UNKNOWN_CLIENT } from '../peers/peer-record.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'
import { peerView } from '../peers/peer-view.ts'
import type { ScoreBook } from '../peers/score/score-book.ts'
import type { TrustedPeers } from '../peers/trusted-peers.ts'
import type { AccessControl } from './access-control.ts'
import { chainHandlers } from './chain-handlers.ts'
import type { MeshControl } from './mesh-control.ts'
import type { RuntimeConfig } from './runtime-settings.ts'
import { standingHandlers } from './standing-handlers.ts'

/** What is known of the way blocks came to us. */
export interface BlockStatistics {
  senders(): readonly FirstBlockSenderView[]
  arrivals(): readonly ArrivalView[]
}

export interface ControlDeps {
  readonly router: RelayRouter
  readonly directory: TopicDirectory
  readonly registry: PeerRegistry
  readonly peers: PeerManager
  readonly dialer: Dialer
  readonly chain: Pick<Chain, 'head' | 'truth' | 'keys'>
  readonly isListening: () => boolean
  readonly nodeInfo: () => NodeInfoView
  readonly runtimeConfig: RuntimeConfig
  readonly mesh: MeshControl
  readonly explicit: ExplicitPeers
  readonly access: AccessControl
  readonly trusted: TrustedPeers
  readonly scores: ScoreBook
  readonly redial: RedialBook
  readonly lastDisconnects: LastDisconnects
  readonly blocks: BlockStatistics
  readonly metrics: () => MetricsView
  readonly events: Pick<EventsRoom, 'subscribe'>
  readonly discovery: Pick<DiscoveryRoom, 'stats' | 'discoveredPeers'>
  readonly isTrusted: (peerId: PeerIdStr) => boolean
  /** A node record an operator gave, of any peer. */
  readonly learnEnr: (peerId: PeerIdStr, enr: string) => void
  /** `beacon_block` under the digest in force. */
  readonly blockTopic: () => TopicStr
}

export function createControl(deps: ControlDeps): Handlers<Control> {
  const { router, registry, peers, dialer, chain, scores } = deps
  const { head } = chain
  const standing = {
    isTrusted: deps.isTrusted,
    peerScore: (peerId: PeerIdStr) => scores.peerScore(peerId),
    gossipScore: (peerId: PeerIdStr) => scores.gossipScore(peerId),
  }
  const viewOf = (record: PeerRecord): PeerView => peerView(record, standing)
  return {
    getHealth: () => ({
      listening: deps.isListening(),
      blockMeshPeers: router.meshPeers(deps.blockTopic()).length,
      syncDistance: head.syncDistance(),
    }),
    getNodeInfo: () => deps.nodeInfo(),
    listPeers: () => registry.live().map(viewOf),
    getPeer: (text) => {
      const record = registry.get(parsePeerId(text))
      if (record === undefined) throw new RelayError('PEER_NOT_FOUND', 'peer not found')
      return viewOf(record)
    },
    connectPeer: (target) => {
      const view = dialer.connect(target)
      if ('enr' in target) deps.learnEnr(view.peer_id, target.enr)
      return view
    },
    disconnectPeer: async (text) => {
      const peerId = parsePeerId(text)
      const record = registry.get(peerId)
      if (record === undefined || record.state === 'disconnected') {
        throw new RelayError('PEER_NOT_FOUND', 'peer not found')
      }
      deps.redial.avoid(peerId, SELF_PRUNED_MS)
      await peers.disconnect(peerId, GOODBYE.tooManyPeers)
    },
    ...standingHandlers({ ...deps, head }),
    ...chainHandlers(chain),
    listFirstBlockSenders: () => deps.blocks.senders(),
    listArrivals: () => deps.blocks.arrivals(),
    getDiscoveryStats: () => deps.discovery.stats(),
    listDiscoveredPeers: () => deps.discovery.discoveredPeers(),
    getMetrics: () => deps.metrics(),
    listMesh: () => listMesh(deps),
    getConfig: () => deps.runtimeConfig.view(),
    applySettings: (settings) => deps.runtimeConfig.apply(settings),
    graft: (topic, peerId) => deps.mesh.graft(topic, peerId),
    prune: (topic, peerId) => deps.mesh.prune(topic, peerId),
    addExplicitPeer: (peer) => {
      deps.access.refuseBanned(peer.peerId)
      return deps.explicit.add(peer)
    },
    removeExplicitPeer: (peerId) => deps.explicit.remove(peerId),
    listExplicitPeers: () => deps.explicit.list(),
    changeAccess: (change) => deps.access.change(change),
    resolvePeer: (target) => deps.access.resolve(target),
    describePeer: (peerId) => deps.access.describe(peerId),
    listTrustedPeers: () => deps.trusted.list(),
    listScoreBans: () => scores.banned(),
    subscribeEvents: (topics) => deps.events.subscribe(topics),
  }
}

function listMesh({ directory, router, registry }: ControlDeps): readonly MeshTopicView[] {
  const clientOf = (peerId: PeerIdStr): string => registry.get(peerId)?.client ?? UNKNOWN_CLIENT
  return directory.all().map(({ topic, parsed }) => ({
    topic,
    kind: parsed.spec.viewKind,
    peers: [
      ...router.meshPeers(topic).map((peerId) => ({ peer_id: peerId, client: clientOf(peerId) })),
      ...router
        .explicitPeers(topic)
        .map((peerId) => ({ peer_id: peerId, client: clientOf(peerId), explicit: true as const })),
    ],
  }))
}
