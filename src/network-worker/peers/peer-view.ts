import type { PeerView } from '../../rpc/contract.ts'
import type { PeerRecord } from './peer-record.ts'

/** Weight of the gossip score in the combined one, as g × 19 / 16000 in this order (design.md §2, `score`). */
export function weightedGossipScore(gossipScore: number): number {
  return (gossipScore * 19) / 16_000
}

/**
 * A peer as the API shows it. `peer_score`, the score of Req/Resp behaviour, is 0.0 for every peer until this release
 * line scores it; `score` is the exact sum either way.
 */
export function peerView(record: PeerRecord, gossipScore: number): PeerView {
  const peerScore = 0
  const weighted = weightedGossipScore(gossipScore)
  return {
    peer_id: record.peerId,
    address: record.address,
    direction: record.direction,
    state: record.state,
    rtt_ms: record.rttMs,
    best_rtt_ms: record.bestRttMs,
    rtt_verified: record.rttVerified,
    is_trusted: false,
    score: peerScore + weighted,
    peer_score: peerScore,
    gossipsub_score: gossipScore,
    gossipsub_score_weighted: weighted,
    client: record.client,
  }
}
