/**
 * The contract between the main thread and the network worker. `Control` is called by main and answered;
 * `Events` go the other way on a port of their own and are never answered. Views are plain data: they cross a port
 * by structured clone and leave by HTTP as they are, so their names are those of spec/relay-http-api.md.
 */
import type { PeerIdStr, TopicStr } from '../shared/ids.ts'
import type { AccessChange, ScoreBan, TrustedPeer } from './access.ts'
import type { ArrivalView, FirstBlockSenderView } from './block-views.ts'
import type { BeaconNodeFacts } from './chain-facts.ts'
import type { DiscoveryStatsView, KnownRecord, PeerDiscoveredEvent, RecordForgottenEvent } from './discovery-views.ts'
import type { EventControl, StreamBatch } from './gossip-events.ts'
import type { FatalEvent, StoppingEvent } from './life-events.ts'
import type { GraftView, MeshEvent, MeshTopicView, PruneView } from './mesh-views.ts'
import type { MetricsView } from './metrics-view.ts'
import type { HealthView, NodeInfoView, SyncingView } from './node-views.ts'
import type {
  DialAddresses,
  DialTarget,
  DialView,
  ExplicitPeer,
  ExplicitPeerView,
  GossipScoreStatView,
  NodePeerView,
  PeerScoreStatView,
  PeerView,
  TrustedPeerView,
} from './peer-views.ts'
import type { PulseEvent } from './pulse-event.ts'
import type { RuntimeConfigView, RuntimeSettings } from './settings-views.ts'

/** main → worker, each call answered or failed with a `RelayError`. */
export interface Control extends EventControl {
  getHealth(): HealthView
  getNodeInfo(): NodeInfoView
  listPeers(): readonly PeerView[]
  /** @throws BAD_PEER_ID, PEER_NOT_FOUND */
  getPeer(peerId: PeerIdStr): PeerView
  /** Starts a one-time dial and answers at once. @throws BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id, several peers), PEER_BANNED, DIAL_QUEUE_FULL */
  connectPeer(target: DialTarget | DialAddresses): DialView
  /** Goodbye 129, then closes every connection to the peer. @throws BAD_PEER_ID, PEER_NOT_FOUND */
  disconnectPeer(peerId: PeerIdStr): Promise<void>
  /** Live and remembered peers. Reads create nothing. */
  listNodePeers(): readonly NodePeerView[]
  /** @throws BAD_PEER_ID, PEER_NOT_FOUND */
  getNodePeer(peerId: PeerIdStr): NodePeerView
  getSyncing(): SyncingView
  listPeerScoreStats(): readonly PeerScoreStatView[]
  listGossipScoreStats(): readonly GossipScoreStatView[]
  /** Counts of this and earlier runs, the most first. */
  listFirstBlockSenders(): readonly FirstBlockSenderView[]
  listArrivals(): readonly ArrivalView[]
  getDiscoveryStats(): DiscoveryStatsView
  /** Every peer of our network that discovery found, earlier runs included, oldest first. */
  listDiscoveredPeers(): readonly PeerIdStr[]
  /** Everything this thread counts, for one reading of the metrics. */
  getMetrics(): MetricsView
  listMesh(): readonly MeshTopicView[]
  getConfig(): RuntimeConfigView
  /** Takes effect on the next heartbeat; answers what is in force then. */
  applySettings(settings: RuntimeSettings): RuntimeConfigView
  /** GRAFT by hand. @throws BAD_TOPIC, BAD_PEER_ID, TOPIC_NOT_SUBSCRIBED, PEER_NOT_CONNECTED, PEER_NOT_SUBSCRIBED, PEER_IN_BACKOFF, PEER_EXPLICIT */
  graft(topic: TopicStr, peerId: PeerIdStr): GraftView
  /** PRUNE by hand, with the normal backoff. @throws BAD_TOPIC, BAD_PEER_ID, TOPIC_NOT_SUBSCRIBED */
  prune(topic: TopicStr, peerId: PeerIdStr): Promise<PruneView>
  /** Idempotent; answers the peer with the addresses known of it, for keeping. @throws BAD_PEER_ID, BAD_REQUEST (our own id), LIST_FULL */
  addExplicitPeer(peer: ExplicitPeer): Promise<ExplicitPeer>
  /** Idempotent. @throws BAD_PEER_ID */
  removeExplicitPeer(peerId: PeerIdStr): void
  listExplicitPeers(): readonly ExplicitPeerView[]
  /**
   * Takes effect before it answers: whoever is banned is disconnected (goodbye 251, for a range 252) and explicit no
   * more, whoever is trusted is dialled. All or nothing.
   * @throws BAD_PEER_ID, BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id)
   */
  changeAccess(change: AccessChange): Promise<void>
  /** Who a target names. @throws BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id), PEER_BANNED (for now, by its score) */
  resolvePeer(target: DialTarget): TrustedPeer
  /** A connected peer with its ENR. @throws BAD_PEER_ID, PEER_NOT_CONNECTED, PEER_HAS_NO_ENR, PEER_BANNED */
  describePeer(peerId: PeerIdStr): TrustedPeer
  listTrustedPeers(): readonly TrustedPeerView[]
  /** Peers banned by their score now, oldest ban first; at most 1,000. */
  listScoreBans(): readonly PeerIdStr[]
  /** What the operator's beacon node says now. @throws BAD_REQUEST for a key that is none */
  setChainFacts(facts: BeaconNodeFacts): void
  /** Memory of `ValidatorKeys`, handed over once; main goes on filling it. */
  setValidatorKeys(memory: SharedArrayBuffer): void
}

export interface ListeningEvent {
  readonly info: NodeInfoView
}

/** An accepted block's first sender. */
export interface FirstBlockEvent {
  readonly peerId: PeerIdStr
}

export interface ScoreBanLiftedEvent {
  readonly peerId: PeerIdStr
}

/** worker → main, batched, never answered. */
export interface Events {
  listening: ListeningEvent
  pulse: PulseEvent
  mesh: MeshEvent
  scoreBan: ScoreBan
  scoreBanLifted: ScoreBanLiftedEvent
  firstBlock: FirstBlockEvent
  peerDiscovered: PeerDiscoveredEvent
  recordKept: KnownRecord
  recordForgotten: RecordForgottenEvent
  streamed: StreamBatch
  stopping: StoppingEvent
  fatal: FatalEvent
}
