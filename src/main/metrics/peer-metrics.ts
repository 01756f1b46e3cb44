import { byNameRow, type MetricRow, numberRow, workerRow } from './metric-row.ts'

/** Peers, what they did, who was kept out, and where the chain is. */
export const PEER_METRICS: readonly MetricRow[] = [
  workerRow({
    name: 'starling_peers_live_peers',
    type: 'gauge',
    help: 'Peers with a connection, live or pending, by state and direction.',
    labels: ['state', 'direction'],
    samples: ({ peers }) =>
      peers.map(({ state, direction, peers: value }) => ({ labels: { state, direction }, value })),
  }),
  byNameRow(
    'gauge',
    'starling_peers_connected_peers',
    'client',
    'Connected peers by family of client, as far as they say.',
    ({ clients }) => clients,
  ),
  byNameRow(
    'counter',
    'starling_peers_reports_total',
    'reason',
    'Reports that cost peers score, by reason.',
    ({ reports }) => reports,
  ),
  byNameRow(
    'counter',
    'starling_peers_refused_connections_total',
    'reason',
    'Connections refused: ip, a banned address; banned, a banned peer; full, no room.',
    ({ refusedConnections }) => refusedConnections,
  ),
  numberRow(
    'gauge',
    'starling_peers_kept_window_connections',
    'TCP connections that are kept from falling silent, so that the next block goes over them in one flight.',
    ({ keptWindows }) => keptWindows.connections,
  ),
  numberRow(
    'counter',
    'starling_peers_kept_window_pings_total',
    'Pings sent for that.',
    ({ keptWindows }) => keptWindows.pings,
  ),
  numberRow(
    'counter',
    'starling_peers_kept_window_dropped_connections_total',
    'Connections let go of for want of room: 256 are kept.',
    ({ keptWindows }) => keptWindows.dropped,
  ),
  byNameRow(
    'counter',
    'starling_peers_window_requests_total',
    'outcome',
    "Requests for recent blocks that make room in a peer's window for the next one: answered; empty, the peer had none; unsupported; failed.",
    ({ windowRequests }) => windowRequests.outcomes,
  ),
  numberRow(
    'counter',
    'starling_peers_window_request_bytes_total',
    'Bytes that came of them.',
    ({ windowRequests }) => windowRequests.bytes,
  ),
  numberRow(
    'counter',
    'starling_peers_quic_dropped_datagrams_total',
    'Datagrams of peers on QUIC that found no room in our sockets. Their senders send it again, late.',
    ({ quicDroppedDatagrams }) => quicDroppedDatagrams,
  ),
  numberRow(
    'gauge',
    'starling_peers_banned_peers',
    'Peers banned by their score now.',
    ({ bannedByScore }) => bannedByScore,
  ),
  numberRow(
    'counter',
    'starling_peers_dropped_bans_total',
    'Bans by score lifted early for lack of room.',
    ({ droppedBans }) => droppedBans,
  ),
  numberRow(
    'counter',
    'starling_peers_forgotten_scores_total',
    'Scores of absent peers forgotten for lack of room.',
    ({ forgottenScores }) => forgottenScores,
  ),
  numberRow(
    'counter',
    'starling_peers_forgotten_peers_total',
    'Absent peers forgotten for lack of room.',
    ({ forgottenPeers }) => forgottenPeers,
  ),
  numberRow(
    'gauge',
    'starling_chain_head_slot',
    'Slot of the newest block seen on gossip; 0 for none.',
    ({ headSlot }) => headSlot,
  ),
  numberRow(
    'gauge',
    'starling_chain_sync_distance_slots',
    'Slots between the newest block and the clock.',
    ({ syncDistance }) => syncDistance,
  ),
  byNameRow(
    'counter',
    'starling_chain_hidden_blocks_total',
    'reason',
    'Accepted blocks that GET /stats/arrivals does not show: slot_limit, enough of that slot; queue_full and failed, not hashed; no_block, not one of its fork, or above 2 MiB.',
    ({ hiddenBlocks }) => hiddenBlocks,
  ),
  numberRow(
    'gauge',
    'starling_chain_recent_objects',
    'Recent blocks and data columns that are kept and served.',
    ({ recentObjects }) => recentObjects,
  ),
  numberRow(
    'gauge',
    'starling_chain_recent_disk_bytes',
    'Bytes that they take on disk.',
    ({ recentDiskBytes }) => recentDiskBytes,
  ),
  byNameRow(
    'counter',
    'starling_chain_recent_dropped_objects_total',
    'reason',
    'Blocks and columns that were not kept: not_opened and queue_full, for want of room; write_failed, by the disk; out_of_window, too old or ahead of the clock; too_long; no_room, their slot has enough of them.',
    ({ recentDrops }) => recentDrops,
  ),
  numberRow(
    'gauge',
    'starling_chain_clock_offset_bound_milliseconds',
    'Our clock is slow by at least this; 0 when blocks show nothing, which does not show that it is right.',
    ({ clockOffsetBoundMs }) => clockOffsetBoundMs,
  ),
]
