/**
 * The contract between the main thread and the network worker. `Control` is called by main and answered;
 * `Events` go the other way on a port of their own and are never answered. Views are plain data: they cross a port
 * by structured clone and leave by HTTP as they are, so their names are those of spec/relay-http-api.md.
 */
import type { PeerIdStr, TopicStr } from '../shared/ids.ts'
import type { AccessChange, AccessLists, ScoreBan, TrustedPeer } from './access.ts'
import type { BeaconNodeFacts } from './chain-facts.ts'
import type {
  DiscoveryStatsView,
  KnownRecord,
  PeerDiscoveredEvent,
  RecordForgottenEvent,
  RestoredDiscovery,
  ScheduleAlertView,
} from './discovery-views.ts'
import type { EventControl, StreamBatch } from './gossip-events.ts'
import type { FatalEvent, StoppingEvent } from './life-events.ts'
import type { MeshReason } from './mesh-reason.ts'
import type { MetricsView } from './metrics-view.ts'

export interface MetadataView {
  readonly seq_number: string
  readonly attnets: string
  readonly syncnets: string
  readonly custody_group_count: string
}

export interface NodeInfoView {
  readonly peer_id: PeerIdStr
  readonly enr: string
  readonly p2p_addresses: readonly string[]
  readonly discovery_addresses: readonly string[]
  readonly metadata: MetadataView
  /** Left out while all is well. */
  readonly schedule_alert?: ScheduleAlertView
}

export type PeerState = 'connected' | 'connecting' | 'disconnecting' | 'disconnected'
export type PeerDirection = 'inbound' | 'outbound'

export interface PeerView {
  readonly peer_id: PeerIdStr
  readonly address: string
  readonly direction: PeerDirection
  readonly state: PeerState
  readonly rtt_ms: number
  readonly best_rtt_ms: number
  readonly rtt_verified: boolean
  readonly is_trusted: boolean
  readonly score: number
  readonly peer_score: number
  readonly gossipsub_score: number
  readonly gossipsub_score_weighted: number
  readonly client: string
}

/** Why a connection ended, in the words of the beacon node API (spec/peer-scoring-fields.md; beacon-APIs #606). */
export type DisconnectReason =
  | 'bad_score'
  | 'irrelevant_network'
  | 'unviable_fork'
  | 'too_many_peers'
  | 'rate_limited'
  | 'io_error'
  | 'client_shutdown'
  | 'inbound_disconnect'
  | 'unknown'

/** Why a peer lost score, in the words of the beacon node API (beacon-APIs #606). */
export type DownscoreReason =
  | 'rpc_invalid_request'
  | 'rpc_invalid_response'
  | 'rpc_rate_limited'
  | 'rpc_timeout'
  | 'rpc_io_error'
  | 'rpc_bad_blocks_by_range'
  | 'rpc_bad_blocks_by_root'
  | 'gossip_invalid_block'
  | 'gossip_invalid_attestation'
  | 'gossip_invalid_blob_sidecar'
  | 'gossip_invalid_data_column_sidecar'
  | 'sync_bad_batch'
  | 'status_unviable_fork'
  | 'behaviour_penalty'
  | 'unknown'

/** A peer of the standard beacon node API, remembered ones included; optional fields are left out without data. */
export interface NodePeerView {
  readonly peer_id: PeerIdStr
  readonly enr: string | null
  readonly last_seen_p2p_address: string
  readonly state: PeerState
  readonly direction: PeerDirection
  readonly agent_version?: string
  readonly score?: number
  /** Only of a peer that is disconnected or disconnecting. */
  readonly disconnect_reason?: DisconnectReason
  /** Distinct, of this session, newest first, at most 8. */
  readonly downscore_reasons?: readonly DownscoreReason[]
}

/** One peer of `lodestar_peer_score_stats`; `last_action_*` are null until a report. */
export interface PeerScoreStatView {
  readonly peer_id: PeerIdStr
  readonly lodestar_score: number
  readonly gossip_score: number
  readonly ignore_negative_gossip_score: false
  readonly score: number
  /** Unix ms of the last change of the peer score, as far as it is remembered; 0 for none. */
  readonly last_update: number
  readonly last_action_name: string | null
  /** After the clamp to the score's bounds. */
  readonly last_action_delta_score: number | null
  readonly last_action_unix_ms: number | null
}

/** One peer of `gossip_peer_score_stats`: the counters gossipsub keeps. */
export interface GossipScoreStatView {
  readonly peer_id: PeerIdStr
  readonly connected: boolean
  readonly expire: number
  readonly topics: Readonly<Record<TopicStr, Readonly<Record<string, number | boolean>>>>
  readonly known_ips: readonly string[]
  readonly behaviour_penalty: number
}

export interface SyncingView {
  readonly head_slot: number
  readonly sync_distance: number
  readonly is_syncing: boolean
}

export interface FirstBlockSenderView {
  readonly peer_id: PeerIdStr
  readonly count: number
}

/** A block as it came to us, slots ascending. */
export interface ArrivalView {
  readonly slot: number
  readonly block_root: string
  readonly proposer_index: number
  /** First propagation source. */
  readonly first_peer_id: PeerIdStr
  readonly client: string
  readonly rtt_ms: number
  readonly arrived_unix_ms: number
  readonly ms_into_slot: number
  /** Copies that came after the first one, from how many peers. */
  readonly later_peers: number
}

export interface MeshPeerView {
  readonly peer_id: PeerIdStr
  readonly client: string
  /** An explicit peer that takes the topic: forwarded to like a mesh peer, without a link of the protocol. */
  readonly explicit?: true
}

export interface MeshTopicView {
  readonly topic: TopicStr
  readonly kind: string
  readonly peers: readonly MeshPeerView[]
}

export interface HealthView {
  /** Addresses are bound and streams are served. */
  readonly listening: boolean
  /** Peers in the mesh of the current digest's `beacon_block` topic. */
  readonly blockMeshPeers: number
  /** Wall slot minus the newest block's slot, never negative. Counts from genesis while no block was seen. */
  readonly syncDistance: number
}

export interface RuntimeConfigView {
  readonly target_peers: number
  readonly max_latency_ms: number
  readonly network_load: number
  readonly heartbeat_interval_ms: number
  readonly discovery_interval_ms: number
  /** Null while nobody said: rules that need the count are off then. */
  readonly active_validators: number | null
}

/**
 * What an operator set at run time, as it is persisted. `heartbeat_interval_ms` null means the network load's own.
 * Ranges are checked before it gets here.
 */
export interface RuntimeSettings {
  readonly target_peers: number
  readonly max_latency_ms: number
  readonly network_load: number
  readonly heartbeat_interval_ms: number | null
  readonly discovery_interval_ms: number
  readonly active_validators: number | null
}

/** What the worker is told at its start beside the configuration: what operators did in earlier runs. */
export interface RestoredState {
  readonly settings: RuntimeSettings
  readonly explicitPeers: readonly ExplicitPeer[]
  readonly access: AccessLists
  readonly scoreBans: readonly ScoreBan[]
  /** Blocks each peer sent first in earlier runs. */
  readonly firstBlockSenders: readonly FirstBlockSenderView[]
  readonly discovery: RestoredDiscovery
}

export interface TrustedPeerView {
  readonly peer_id: PeerIdStr
  readonly enr: string | null
  readonly is_connected: boolean
}

/** A peer that is always forwarded to; addresses are multiaddrs that end in `/p2p/<id>`, newest first, may be none. */
export interface ExplicitPeer {
  readonly peerId: PeerIdStr
  readonly addresses: readonly string[]
}

export interface ExplicitPeerView {
  readonly peer_id: PeerIdStr
  readonly is_connected: boolean
}

export interface GraftView {
  readonly action: 'grafted' | 'already_in_mesh'
  /** Said when what was done is unusual, such as a mesh above its upper bound. */
  readonly warning?: string
}

export interface PruneView {
  readonly action: 'pruned' | 'not_in_mesh'
}

/** Exactly one of the two is set; what an operator typed, unparsed. */
export type DialTarget = { readonly enr: string } | { readonly multiaddr: string }

/** Addresses of one peer, each with its id at the end; a dial tries them until one answers. */
export interface DialAddresses {
  readonly multiaddrs: readonly string[]
}

export interface DialView {
  readonly peer_id: PeerIdStr
  readonly action: 'connecting' | 'already_connected'
}

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

/** Totals since start; a reader takes differences. */
export interface CountersView {
  readonly receivedMessages: number
  readonly receivedBytes: number
  readonly duplicateMessages: number
  readonly forwardedMessages: number
  readonly forwardedBytes: number
  readonly acceptedMessages: number
  readonly ignoredMessages: number
  readonly rejectedMessages: number
  /** Copies that did not reach a peer and messages there was no room for, for whatever reason (`DropReason`). */
  readonly droppedMessages: number
  readonly acceptedBlocks: number
}

export interface PulseEvent {
  readonly slot: number
  readonly atMs: number
  readonly peers: number
  readonly blockMeshPeers: number
  readonly topics: number
  readonly counters: CountersView
  /** First byte of a message's RPC in our hands to its last forward handed to a stream, over the last pulse. */
  readonly forwardP50Ms: number
  readonly forwardP99Ms: number
  /** Longest event-loop delay of the network thread over the last pulse, of those read five times a second. */
  readonly loopDelayMaxMs: number
}

/** What happened between a peer's mesh and ours; one `MESH:` line each. */
export type MeshAction =
  | 'graft_received'
  | 'graft_accepted'
  | 'graft_rejected'
  | 'graft_sent'
  | 'prune_received'
  | 'prune_obeyed'
  | 'prune_sent'
  | 'link_lost'

export interface MeshEvent {
  readonly atMs: number
  readonly action: MeshAction
  readonly peerId: PeerIdStr
  readonly topic: TopicStr
  readonly reason?: MeshReason
  readonly score?: number
  readonly backoffSecs?: number
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
