/** Peers as they are shown, and as operators name them. Names are those of spec/relay-http-api.md and the beacon node API. */
import type { PeerIdStr, TopicStr } from '../shared/ids.ts'

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
