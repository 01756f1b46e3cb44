/** Schemas of what the paths below `/eth/` answer in `data`. */
import { z } from 'zod'
import type {
  DisconnectReason,
  DownscoreReason,
  GossipScoreStatView,
  NodePeerView,
  PeerScoreStatView,
} from '../../rpc/peer-views.ts'
import type { ForkView, GenesisView, SpecValue } from '../chain-facts.ts'
import type { ClientVersionView } from '../node-version.ts'
import { peerIdText } from '../schemas/params.ts'
import { peerDirection, peerState } from '../schemas/peer-filter.ts'
import { metadata } from './own-views.ts'
import { count, decimal, hexBytes, number, viewSchema } from './view-schema.ts'

const disconnectReason = viewSchema<DisconnectReason>()(
  'DisconnectReason',
  z.enum([
    'bad_score',
    'irrelevant_network',
    'unviable_fork',
    'too_many_peers',
    'rate_limited',
    'io_error',
    'client_shutdown',
    'inbound_disconnect',
    'unknown',
  ]),
)

const downscoreReason = viewSchema<DownscoreReason>()(
  'DownscoreReason',
  z.enum([
    'rpc_invalid_request',
    'rpc_invalid_response',
    'rpc_rate_limited',
    'rpc_timeout',
    'rpc_io_error',
    'rpc_bad_blocks_by_range',
    'rpc_bad_blocks_by_root',
    'gossip_invalid_block',
    'gossip_invalid_attestation',
    'gossip_invalid_blob_sidecar',
    'gossip_invalid_data_column_sidecar',
    'sync_bad_batch',
    'status_unviable_fork',
    'behaviour_penalty',
    'unknown',
  ]),
)

export const nodePeer = viewSchema<NodePeerView>()(
  'NodePeer',
  z.strictObject({
    peer_id: peerIdText,
    enr: z.string().nullable(),
    last_seen_p2p_address: z.string(),
    state: peerState,
    direction: peerDirection,
    agent_version: z.string().exactOptional(),
    score: number.exactOptional(),
    disconnect_reason: disconnectReason.exactOptional(),
    downscore_reasons: z.array(downscoreReason).max(8).exactOptional(),
  }),
)

export const nodeIdentity = z
  .strictObject({
    peer_id: peerIdText,
    enr: z.string(),
    p2p_addresses: z.array(z.string()),
    discovery_addresses: z.array(z.string()),
    metadata,
  })
  .meta({ id: 'NodeIdentity' })

export const peerCount = z
  .strictObject({ disconnected: decimal, connecting: decimal, connected: decimal, disconnecting: decimal })
  .meta({ id: 'PeerCount' })

export const syncing = z
  .strictObject({
    head_slot: decimal,
    sync_distance: decimal,
    is_syncing: z.boolean(),
    is_optimistic: z.boolean(),
    el_offline: z.boolean(),
    beacon_node: z
      .enum(['connecting', 'ready', 'syncing', 'away', 'mismatch'])
      .optional()
      .describe('How the beacon node of --beacon-node is; left out without one. Not of the standard.'),
  })
  .meta({ id: 'Syncing' })

export const clientVersion = viewSchema<ClientVersionView>()(
  'ClientVersion',
  z.strictObject({
    code: z.string().length(2),
    name: z.string(),
    version: z.string(),
    commit: hexBytes.length(10),
  }),
)

const specValue: z.ZodType<SpecValue> = z
  .lazy(() => z.union([z.string(), z.array(specValue), z.record(z.string(), specValue)]))
  .meta({ id: 'SpecValue' })

export const spec = z.record(z.string(), specValue).meta({ id: 'Spec' })

export const fork = viewSchema<ForkView>()(
  'Fork',
  z.strictObject({
    previous_version: hexBytes.length(10),
    current_version: hexBytes.length(10),
    epoch: decimal,
  }),
)

export const genesis = viewSchema<GenesisView>()(
  'Genesis',
  z.strictObject({
    genesis_time: decimal,
    genesis_validators_root: hexBytes.length(66),
    genesis_fork_version: hexBytes.length(10),
  }),
)

export const peerScoreStat = viewSchema<PeerScoreStatView>()(
  'PeerScoreStat',
  z.strictObject({
    peer_id: peerIdText,
    lodestar_score: number,
    gossip_score: number,
    ignore_negative_gossip_score: z.literal(false),
    score: number,
    last_update: number.min(0),
    last_action_name: z.string().nullable(),
    last_action_delta_score: number.nullable(),
    last_action_unix_ms: number.nullable(),
  }),
)

export const gossipScoreStat = viewSchema<GossipScoreStatView>()(
  'GossipScoreStat',
  z.strictObject({
    peer_id: peerIdText,
    connected: z.boolean(),
    expire: number,
    topics: z.record(z.string(), z.record(z.string(), z.union([number, z.boolean()]))),
    known_ips: z.array(z.string()),
    behaviour_penalty: number,
  }),
)

export const listMeta = z.strictObject({ count }).meta({ id: 'ListMeta' })
