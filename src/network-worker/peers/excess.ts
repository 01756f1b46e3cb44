import type { PeerDirection } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { peerLimits } from './peer-limits.ts'

/** What pruning weighs of a connected peer. Trusted and explicit peers are never given: they do not count. */
export interface PeerStanding {
  readonly peerId: PeerIdStr
  readonly direction: PeerDirection
  /** The combined score: below 0 the peer has misbehaved. */
  readonly score: number
  readonly rttMs: number
  /** The same as blocks have it, which is what peers are compared by. */
  readonly blockRttMs: number
  readonly rttVerified: boolean
  /** 0 to 1: the share it has of a full gossip score. A peer of full value is worth one of half its way. */
  readonly value: number
}

/** Lower classes go first. */
const MISBEHAVED = 0
const TOO_FAR = 1
const ORDINARY = 2

interface Ranked {
  readonly peer: PeerStanding
  readonly class: number
  /** Within a class the highest goes first. */
  readonly cost: number
}

/**
 * The peers to drop so that `target` of them remain, in the order in which they go: those of negative score, worst
 * first; those measured farther than `maxLatencyMs`, farthest first; then the slow ones of little use. Outbound peers
 * are kept down to their target share (reference/scoring.md §5), except those of negative score. Equals go in the order
 * given.
 */
export function excessPeers(
  candidates: readonly PeerStanding[],
  target: number,
  maxLatencyMs: number,
): readonly PeerIdStr[] {
  const excess = candidates.length - target
  if (excess <= 0) return []
  const { targetOutbound } = peerLimits(target)
  let outbound = candidates.filter(({ direction }) => direction === 'outbound').length
  const dropped: PeerIdStr[] = []
  const ranked = candidates.map((peer) => rank(peer, maxLatencyMs))
  ranked.sort((a, b) => a.class - b.class || b.cost - a.cost)
  for (const { peer, class: peerClass } of ranked) {
    if (dropped.length >= excess) break
    const isOutbound = peer.direction === 'outbound'
    if (isOutbound && outbound <= targetOutbound && peerClass !== MISBEHAVED) continue
    if (isOutbound) outbound--
    dropped.push(peer.peerId)
  }
  return dropped
}

function rank(peer: PeerStanding, maxLatencyMs: number): Ranked {
  const { score, rttMs, blockRttMs, rttVerified, value } = peer
  if (score < 0) return { peer, class: MISBEHAVED, cost: -score }
  if (rttVerified && rttMs > maxLatencyMs) return { peer, class: TOO_FAR, cost: rttMs }
  return { peer, class: ORDINARY, cost: blockRttMs / (1 + value) }
}
