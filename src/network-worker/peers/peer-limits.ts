/** How many peers are held, dialled, and kept of our own choosing, all derived from `target_peers`. */
export interface PeerLimits {
  /** Beyond it, inbound peers are refused and nobody is dialled of our own accord. */
  readonly maxPeers: number
  /** Below it, outbound peers may be dialled when too few of the peers are outbound. */
  readonly maxOutboundDials: number
  /** Pruning leaves this many outbound peers: those were our choice, where inbound ones may all be one attacker's. */
  readonly targetOutbound: number
  /** With fewer outbound peers than this, more are sought although there are enough peers. */
  readonly minOutbound: number
}

/**
 * The limits for a target (reference/scoring.md §5: 1.1, 1.2, 0.3 and 0.2 times the target, rounded up). Multiplied
 * as integers: 100 × 1.1 as floating point is a little more than 110 and would be rounded up to 111.
 */
export function peerLimits(targetPeers: number): PeerLimits {
  return {
    maxPeers: tenths(targetPeers, 11),
    maxOutboundDials: tenths(targetPeers, 12),
    targetOutbound: tenths(targetPeers, 3),
    minOutbound: tenths(targetPeers, 2),
  }
}

function tenths(count: number, of10: number): number {
  return Math.ceil((count * of10) / 10)
}
