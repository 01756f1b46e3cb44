/**
 * The arithmetic of peer scores: constants and pure functions, no state and no clock.
 * Source of each number: reference/scoring.md §1; design.md §2 rows `score`, thresholds and LowTolerance.
 */

/** How much of an offence a report is, by how many of it a peer is allowed: fatal none, high the most. */
export type PeerAction = 'fatal' | 'low' | 'mid' | 'high'

/** What a score means for the connection: kept; closed, though the peer may come back; refused. */
export type ScoreState = 'healthy' | 'forced_disconnect' | 'banned'

/** Bounds of the peer score. The combined score has none: gossip scores are open below. */
export const MIN_PEER_SCORE = -100
export const MAX_PEER_SCORE = 100

/** A combined score at or below it ends the connection. */
export const DISCONNECT_THRESHOLD = -20
/** A combined score at or below it is a ban. */
export const BAN_THRESHOLD = -50
/** A peer score at or below it is a ban whatever the gossip score says. */
export const PEER_SCORE_BAN_THRESHOLD = -60

/** Time in which a peer score loses half of its value. */
export const SCORE_HALF_LIFE_MS = 600_000

/** What an action takes from the peer score; a fatal one sets it to the minimum instead. */
const ACTION_DELTA: Record<Exclude<PeerAction, 'fatal'>, number> = { low: -10, mid: -5, high: -1 }

/** A peer score within its bounds. */
export function clampPeerScore(score: number): number {
  return Math.min(MAX_PEER_SCORE, Math.max(MIN_PEER_SCORE, score))
}

/** The peer score after an action. */
export function scoreAfterAction(peerScore: number, action: PeerAction): number {
  return action === 'fatal' ? MIN_PEER_SCORE : clampPeerScore(peerScore + ACTION_DELTA[action])
}

/**
 * What is left of a score `elapsedMs` after it was set. Less than no time leaves it as it is: that is how a score is
 * frozen until its anchor, and an exponent of the other sign would make it grow without end.
 */
export function decayedScore(peerScore: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? peerScore : peerScore * 2 ** (-elapsedMs / SCORE_HALF_LIFE_MS)
}

/**
 * What a gossip score adds to the combined one: the weight at which the graylist threshold, -16000, costs 19, one less
 * than a disconnect. In this order, so that -16000 gives exactly -19 and thresholds are met, not missed by a rounding.
 */
export function weightedGossipScore(gossipScore: number): number {
  return (gossipScore * 19) / 16_000
}

/** The one score of a peer, in points of the peer score. */
export function combinedScore(peerScore: number, gossipScore: number): number {
  return peerScore + weightedGossipScore(gossipScore)
}

/** What a pair of scores means; thresholds are inclusive. */
export function scoreState(peerScore: number, gossipScore: number): ScoreState {
  const combined = combinedScore(peerScore, gossipScore)
  if (peerScore <= PEER_SCORE_BAN_THRESHOLD || combined <= BAN_THRESHOLD) return 'banned'
  return combined <= DISCONNECT_THRESHOLD ? 'forced_disconnect' : 'healthy'
}
