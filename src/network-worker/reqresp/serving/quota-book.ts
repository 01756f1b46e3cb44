import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { INBOUND_QUOTAS, MAX_QUOTA_PEERS } from '../limits.ts'
import type { RequestName, ServedName } from '../types.ts'

type QuotaName = RequestName | ServedName

/** Sums and differences of fractional times are off by less: a full bucket must never look one token short. */
const ROUNDING_MS = 0.001

/**
 * Token buckets per peer and request name: full at first, refilled evenly over the quota's period. A bucket is kept
 * as one number, the time at which it would be full again.
 */
export class QuotaBook {
  readonly #clock: Clock
  readonly #maxPeers: number
  readonly #fullAtMs = new Map<PeerIdStr, Map<QuotaName, number>>()

  constructor(clock: Clock, maxPeers = MAX_QUOTA_PEERS) {
    this.#clock = clock
    this.#maxPeers = maxPeers
  }

  /** Peers with state. */
  get size(): number {
    return this.#fullAtMs.size
  }

  /** Takes tokens of the peer's bucket for `name`; false, and nothing taken, when there are not as many. */
  take(peerId: PeerIdStr, name: QuotaName, tokens = 1): boolean {
    const { requests, periodMs } = INBOUND_QUOTAS[name]
    const nowMs = this.#clock.monotonicMs()
    const buckets = this.#buckets(peerId)
    const owedMs = Math.max(0, (buckets.get(name) ?? nowMs) - nowMs) + (tokens * periodMs) / requests
    if (owedMs > periodMs + ROUNDING_MS) return false
    buckets.set(name, nowMs + owedMs)
    return true
  }

  /** Drops what is known of a peer. */
  forget(peerId: PeerIdStr): void {
    this.#fullAtMs.delete(peerId)
  }

  #buckets(peerId: PeerIdStr): Map<QuotaName, number> {
    const known = this.#fullAtMs.get(peerId)
    if (known !== undefined) return known
    const oldest = this.#fullAtMs.keys().next()
    if (this.#fullAtMs.size >= this.#maxPeers && !oldest.done) this.#fullAtMs.delete(oldest.value)
    const fresh = new Map<QuotaName, number>()
    this.#fullAtMs.set(peerId, fresh)
    return fresh
  }
}
