/** Schemas of what the relay's own paths answer. */
import { z } from 'zod'
import type { ArrivalView, FirstBlockSenderView } from '../../rpc/block-views.ts'
import type { DiscoveryStatsView, ScheduleAlertView } from '../../rpc/discovery-views.ts'
import type { MeshPeerView, MeshTopicView } from '../../rpc/mesh-views.ts'
import type { MetadataView, NodeInfoView } from '../../rpc/node-views.ts'
import type { ExplicitPeerView, PeerView, TrustedPeerView } from '../../rpc/peer-views.ts'
import type { RuntimeConfigView } from '../../rpc/settings-views.ts'
import type { AccessDocument, BannedAgentView, BannedPeerView, BannedRangeView } from '../operator.ts'
import { peerIdText, topicText } from '../schemas/params.ts'
import { peerDirection, peerState } from '../schemas/peer-filter.ts'
import { count, decimal, hexBytes, number, viewSchema } from './view-schema.ts'

export const metadata = viewSchema<MetadataView>()(
  'Metadata',
  z.strictObject({ seq_number: decimal, attnets: hexBytes, syncnets: hexBytes, custody_group_count: decimal }),
)

/** As topics write it. */
const digestText = z.string().regex(/^[0-9a-f]{8}$/)

const scheduleAlert = viewSchema<ScheduleAlertView>()(
  'ScheduleAlert',
  z.strictObject({
    unknown_forks: z.array(
      z.strictObject({ kind: z.enum(['current', 'next']), digest: digestText, epoch: count.nullable(), nodes: count }),
    ),
    nodes_seen: count,
    since_unix_ms: number,
  }),
)

export const nodeInfo = viewSchema<NodeInfoView>()(
  'NodeInfo',
  z.strictObject({
    peer_id: peerIdText,
    enr: z.string(),
    p2p_addresses: z.array(z.string()),
    discovery_addresses: z.array(z.string()),
    metadata,
    schedule_alert: scheduleAlert.exactOptional(),
  }),
)

export const peer = viewSchema<PeerView>()(
  'Peer',
  z.strictObject({
    peer_id: peerIdText,
    address: z.string(),
    direction: peerDirection,
    state: peerState,
    rtt_ms: number.min(0),
    best_rtt_ms: number.min(0),
    rtt_verified: z.boolean(),
    is_trusted: z.boolean(),
    score: number,
    peer_score: number,
    gossipsub_score: number,
    gossipsub_score_weighted: number,
    client: z.string(),
  }),
)

const meshPeer = viewSchema<MeshPeerView>()(
  'MeshPeer',
  z.strictObject({ peer_id: peerIdText, client: z.string(), explicit: z.literal(true).exactOptional() }),
)

export const meshTopic = viewSchema<MeshTopicView>()(
  'MeshTopic',
  z.strictObject({ topic: topicText, kind: z.string(), peers: z.array(meshPeer) }),
)

export const runtimeConfig = viewSchema<RuntimeConfigView>()(
  'Config',
  z.strictObject({
    target_peers: count,
    max_latency_ms: number,
    network_load: count,
    heartbeat_interval_ms: count,
    discovery_interval_ms: count,
    active_validators: count.nullable(),
  }),
)

export const explicitPeer = viewSchema<ExplicitPeerView>()(
  'ExplicitPeer',
  z.strictObject({ peer_id: peerIdText, is_connected: z.boolean() }),
)

export const trustedPeer = viewSchema<TrustedPeerView>()(
  'TrustedPeer',
  z.strictObject({ peer_id: peerIdText, enr: z.string().nullable(), is_connected: z.boolean() }),
)

export const bannedPeer = viewSchema<BannedPeerView>()(
  'BannedPeer',
  z.strictObject({ peer_id: peerIdText, ban_type: z.enum(['permanent', 'temporary']) }),
)

export const bannedRange = viewSchema<BannedRangeView>()('BannedRange', z.strictObject({ cidr: z.string() }))

export const bannedAgent = viewSchema<BannedAgentView>()('BannedAgent', z.strictObject({ agent: z.string() }))

export const accessDocument = viewSchema<AccessDocument>()(
  'AccessDocument',
  z.strictObject({
    version: z.literal(1),
    banned_peers: z.array(peerIdText),
    banned_ip_ranges: z.array(z.string()),
    banned_agents: z.array(z.string()),
    trusted_peers: z.array(
      z.strictObject({ peer_id: peerIdText, enr: z.string().nullable(), addresses: z.array(z.string()) }),
    ),
  }),
)

export const firstBlockSender = viewSchema<FirstBlockSenderView>()(
  'FirstBlockSender',
  z.strictObject({ peer_id: peerIdText, count }),
)

export const arrival = viewSchema<ArrivalView>()(
  'Arrival',
  z.strictObject({
    slot: count,
    block_root: hexBytes,
    proposer_index: count,
    first_peer_id: peerIdText,
    client: z.string(),
    rtt_ms: number.min(0),
    arrived_unix_ms: number,
    ms_into_slot: number,
    later_peers: count,
  }),
)

export const discoveryStats = viewSchema<DiscoveryStatsView>()(
  'DiscoveryStats',
  z.strictObject({
    unique_peers_discovered: count,
    routing_table_size: count,
    cached_enrs: count,
    total_discovery_queries: count,
    dht_scan_prefix: count.max(255),
    kademlia_alpha: count,
    kademlia_k: count,
    target_peers_per_query: count,
  }),
)
