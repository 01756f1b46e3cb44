import type { PeerView } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { PeerRecord } from './peer-record.ts'
import { weightedGossipScore } from './score/score-formula.ts'

/** What a view takes from the books beside the record. */
export interface PeerStandingSource {
  isTrusted(peerId: PeerIdStr): boolean
  peerScore(peerId: PeerIdStr): number
  gossipScore(peerId: PeerIdStr): number
}

/** A peer as the API shows it; `score` is the exact sum of its two parts. A trusted peer has no scores: all four are 0. */
export function peerView(record: PeerRecord, standing: PeerStandingSource): PeerView {
  const isTrusted = standing.isTrusted(record.peerId)
  const peerScore = isTrusted ? 0 : standing.peerScore(record.peerId)
  const gossipScore = isTrusted ? 0 : standing.gossipScore(record.peerId)
  const weighted = weightedGossipScore(gossipScore)
  return {
    peer_id: record.peerId,
    address: record.address,
    direction: record.direction,
    state: record.state,
    rtt_ms: record.rttMs,
    best_rtt_ms: record.bestRttMs,
    rtt_verified: record.rttVerified,
    is_trusted: isTrusted,
    score: peerScore + weighted,
    peer_score: peerScore,
    gossipsub_score: gossipScore,
    gossipsub_score_weighted: weighted,
    client: record.client,
  }
}
