import type { PeerRecord } from './peer-record.ts'

/** One slow or lost ping may be the moment's; after two the peer is as it shows (design.md §2, `max_latency_ms`). */
const GRACE_PINGS = 2

/**
 * True when a peer is to be disconnected for its round trip: its best one is over the limit, or none was ever measured,
 * and two pings of this connection have had their answer or their time.
 */
export function isTooSlow(
  {
    rttVerified,
    bestRttMs,
    pingsSent,
    pingInFlight,
  }: Pick<PeerRecord, 'rttVerified' | 'bestRttMs' | 'pingsSent' | 'pingInFlight'>,
  maxLatencyMs: number,
): boolean {
  const ended = pingInFlight ? pingsSent - 1 : pingsSent
  if (ended < GRACE_PINGS) return false
  return !rttVerified || bestRttMs > maxLatencyMs
}
