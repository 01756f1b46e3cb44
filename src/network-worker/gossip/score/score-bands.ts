import type { CountsByName } from '../../../rpc/metrics-view.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { SCORE_THRESHOLDS } from './score-parameters.ts'

/** From the worst: what a peer of this gossip score, or a lower one, is no longer trusted with. */
export const SCORE_BANDS = ['graylisted', 'below_publish', 'below_gossip', 'negative', 'zero', 'positive'] as const
export type ScoreBand = (typeof SCORE_BANDS)[number]

/** The band of a gossip score, by upstream's comparisons: a score at a threshold is still above it. */
export function scoreBand(score: number): ScoreBand {
  if (score < SCORE_THRESHOLDS.graylistThreshold) return 'graylisted'
  if (score < SCORE_THRESHOLDS.publishThreshold) return 'below_publish'
  if (score < SCORE_THRESHOLDS.gossipThreshold) return 'below_gossip'
  if (score < 0) return 'negative'
  return score === 0 ? 'zero' : 'positive'
}

/** How many of the peers are in each band. */
export function peersByBand(peers: Iterable<PeerIdStr>, scoreOf: (peerId: PeerIdStr) => number): CountsByName {
  const counts = Object.fromEntries(SCORE_BANDS.map((band) => [band, 0])) as Record<ScoreBand, number>
  for (const peerId of peers) counts[scoreBand(scoreOf(peerId))]++
  return counts
}
