import { peerLimits } from '../peers/peer-limits.ts'

/** Peers as they count against the limits: trusted and explicit ones do not. */
export interface PeerCount {
  readonly counted: number
  readonly outbound: number
  /** Dials under way and candidates that wait for one. */
  readonly coming: number
}

/**
 * How many peers discovery should bring now: those missing to the target, and when there are enough but too few of our
 * own choosing, those missing to the least number of outbound ones (reference/scoring.md §5). Never negative.
 */
export function neededPeers(targetPeers: number, { counted, outbound, coming }: PeerCount): number {
  const { minOutbound, maxOutboundDials } = peerLimits(targetPeers)
  const toTarget = targetPeers - counted
  const toOutbound = Math.min(minOutbound - outbound, maxOutboundDials - counted)
  return Math.max(0, Math.max(toTarget, toOutbound) - coming)
}
