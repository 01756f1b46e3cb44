import type { GossipScoreStatView } from '../../../rpc/peer-views.ts'
import type { GossipsubScore, TopicScoreStats } from '../router/gossipsub-score.ts'

/**
 * Peers listed at most: all that a relay is connected to, and as many gone ones as there is room for. Gossipsub retains
 * every peer that left with a score below zero for hours, and identities cost nothing.
 */
export const MAX_LISTED_PEERS = 1_000

/**
 * What gossipsub counts of the peers it keeps a score of, those who are connected first, as plain data in the names of
 * Lodestar's route in snake case. `time_in_mesh` is in ms.
 */
export function scoreStatistics({ peerStats }: Pick<GossipsubScore, 'peerStats'>): readonly GossipScoreStatView[] {
  const peers = [...peerStats].sort(([, a], [, b]) => Number(b.connected) - Number(a.connected))
  return peers
    .slice(0, MAX_LISTED_PEERS)
    .map(([peerId, { connected, expire, topics, knownIPs, behaviourPenalty }]) => ({
      peer_id: peerId,
      connected,
      expire,
      topics: Object.fromEntries(Object.entries(topics).map(([topic, counters]) => [topic, topicView(counters)])),
      known_ips: [...knownIPs],
      behaviour_penalty: behaviourPenalty,
    }))
}

function topicView(counters: TopicScoreStats): Readonly<Record<string, number | boolean>> {
  return {
    in_mesh: counters.inMesh,
    time_in_mesh: counters.inMesh ? counters.meshTime : 0,
    first_message_deliveries: counters.firstMessageDeliveries,
    mesh_message_deliveries: counters.meshMessageDeliveries,
    mesh_message_deliveries_active: counters.meshMessageDeliveriesActive,
    mesh_failure_penalty: counters.meshFailurePenalty,
    invalid_message_deliveries: counters.invalidMessageDeliveries,
  }
}
