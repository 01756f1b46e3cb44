/** What the routes of the standard node API, of Lodestar's, of the statistics and of discovery read. */
import type { ChainFacts } from '../../../src/api/chain-facts.ts'
import type { ArrivalView, FirstBlockSenderView } from '../../../src/rpc/block-views.ts'
import type { Control } from '../../../src/rpc/contract.ts'
import type { DiscoveryStatsView } from '../../../src/rpc/discovery-views.ts'
import type { SyncingView } from '../../../src/rpc/node-views.ts'
import type { GossipScoreStatView, NodePeerView, PeerScoreStatView, PeerView } from '../../../src/rpc/peer-views.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import { RelayError } from '../../../src/shared/errors.ts'

const NEAR = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
const FAR = '16Uiu2HAmRHMNvZRNfErnKhMrvX2gxPjtLfJinkrDmU1sJ2SsqdqF'
/** Has the letters of a peer id and is none. */
export const UNDECODABLE_ID = `16Uiu2HA${'z'.repeat(45)}`

export const CHAIN_FACTS: ChainFacts = {
  spec: {
    CONFIG_NAME: 'mainnet',
    SECONDS_PER_SLOT: '12',
    BLOB_SCHEDULE: [{ EPOCH: '412672', MAX_BLOBS_PER_BLOCK: '15' }],
  },
  forkSchedule: [
    { previous_version: '0x00000000', current_version: '0x00000000', epoch: '0' },
    { previous_version: '0x00000000', current_version: '0x01000000', epoch: '74240' },
  ],
  genesis: {
    genesis_time: '1606824023',
    genesis_validators_root: '0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95',
    genesis_fork_version: '0x00000000',
  },
}

export const SYNCING: SyncingView = { head_slot: 13_164_800, sync_distance: 1, is_syncing: false }

export const SCORE_STATS: readonly PeerScoreStatView[] = [
  {
    peer_id: NEAR,
    lodestar_score: -5,
    gossip_score: -200,
    ignore_negative_gossip_score: false,
    score: -5.24,
    last_update: 1_763_715_000_000,
    last_action_name: 'request_timeout',
    last_action_delta_score: -5,
    last_action_unix_ms: 1_763_714_900_000,
  },
  {
    peer_id: FAR,
    lodestar_score: 0,
    gossip_score: 0,
    ignore_negative_gossip_score: false,
    score: 0,
    last_update: 0,
    last_action_name: null,
    last_action_delta_score: null,
    last_action_unix_ms: null,
  },
]

export const GOSSIP_STATS: readonly GossipScoreStatView[] = [
  {
    peer_id: NEAR,
    connected: true,
    expire: 0,
    topics: { '/eth2/a4e6abeb/beacon_block/ssz_snappy': { in_mesh: true, first_message_deliveries: 12.5 } },
    known_ips: ['34.140.245.67'],
    behaviour_penalty: 0,
  },
]

export const FIRST_SENDERS: readonly FirstBlockSenderView[] = [
  { peer_id: FAR, count: 152 },
  { peer_id: NEAR, count: 89 },
]

export const ARRIVALS: readonly ArrivalView[] = [
  {
    slot: 13_164_800,
    block_root: `0x${'ab'.repeat(32)}`,
    proposer_index: 7,
    first_peer_id: NEAR,
    client: 'Lighthouse/v6.0.1-6eb558b/x86_64-linux',
    rtt_ms: 3.682368,
    arrived_unix_ms: 1_763_715_001_512,
    ms_into_slot: 1_512,
    later_peers: 6,
  },
]

/** The figures of spec/relay-http-api.md, "Discovery APIs". */
export const DISCOVERY_STATS: DiscoveryStatsView = {
  unique_peers_discovered: 3127,
  routing_table_size: 0,
  cached_enrs: 0,
  total_discovery_queries: 891,
  dht_scan_prefix: 0,
  kademlia_alpha: 3,
  kademlia_k: 16,
  target_peers_per_query: 16,
}

export const DISCOVERED_PEERS: readonly string[] = ['16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S', NEAR, FAR]

/** A connected peer as the standard API shows it. */
export function nodePeerOf({ peer_id, address, state, direction, client, score }: PeerView): NodePeerView {
  return { peer_id, enr: null, last_seen_p2p_address: address, state, direction, agent_version: client, score }
}

/** A peer that left, as it is remembered: nothing was known of it but why it went. */
export function leftPeer(peerId: string): NodePeerView {
  return {
    peer_id: peerId,
    enr: null,
    last_seen_p2p_address: '/ip4/35.226.255.38/tcp/9000',
    state: 'disconnected',
    direction: 'inbound',
    disconnect_reason: 'too_many_peers',
  }
}

type StandardCalls =
  | 'listNodePeers'
  | 'getNodePeer'
  | 'getSyncing'
  | 'listPeerScoreStats'
  | 'listGossipScoreStats'
  | 'listFirstBlockSenders'
  | 'listArrivals'
  | 'getDiscoveryStats'
  | 'listDiscoveredPeers'

/** The calls themselves, over the double's live peers and those it remembers. */
export function standardHandlers(
  live: ReadonlyMap<string, PeerView>,
  remembered: readonly NodePeerView[],
  note: <T>(call: string, value: T) => T,
): Pick<Handlers<Control>, StandardCalls> {
  const all = (): readonly NodePeerView[] => [...[...live.values()].map(nodePeerOf), ...remembered]
  return {
    listNodePeers: () => note('listNodePeers', all()),
    getNodePeer: (peerId) => {
      if (peerId === UNDECODABLE_ID) throw new RelayError('BAD_PEER_ID', 'text of the worker')
      const found = all().find(({ peer_id }) => peer_id === peerId)
      if (found === undefined) throw new RelayError('PEER_NOT_FOUND', 'text of the worker')
      return note('getNodePeer', found)
    },
    getSyncing: () => note('getSyncing', SYNCING),
    listPeerScoreStats: () => note('listPeerScoreStats', SCORE_STATS),
    listGossipScoreStats: () => note('listGossipScoreStats', GOSSIP_STATS),
    listFirstBlockSenders: () => note('listFirstBlockSenders', FIRST_SENDERS),
    listArrivals: () => note('listArrivals', ARRIVALS),
    getDiscoveryStats: () => note('getDiscoveryStats', DISCOVERY_STATS),
    listDiscoveredPeers: () => note('listDiscoveredPeers', DISCOVERED_PEERS),
  }
}
