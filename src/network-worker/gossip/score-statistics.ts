import type { GossipScoreStatView } from '../../rpc/contract.ts'
import type { GossipsubScore, TopicScoreStats } from './gossipsub-internals.ts'

/**
 * What gossipsub counts of every peer it keeps a score of, the gone ones that it retains included, as plain data in the
 * names of Lodestar's route in snake case. `time_in_mesh` is in ms.
 */
export function scoreStatistics({ peerStats }: Pick<GossipsubScore, 'peerStats'>): readonly GossipScoreStatView[] {
  return [...peerStats].map(([peerId, { connected, expire, topics, knownIPs, behaviourPenalty }]) => ({
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
