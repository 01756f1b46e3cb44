import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'

/** After we pruned a peer or found it too slow: 600 s (reference/scoring.md §1.4; design.md §2, `max_latency_ms`). */
export const SELF_PRUNED_MS = 600_000

/** After an automatic dial failed: as after a goodbye without a known reason, so that no dead address is dialled over and over. */
export const FAILED_DIAL_MS = 120_000
/** The same while no peer is connected: that says more of our uplink, which may be back at any moment. */
export const OFFLINE_DIAL_MS = 5000

/**
 * Several times the peers a node holds and remembers, so that a wave of goodbyes fits. One that is lost here costs a
 * dial too early, no more.
 */
export const MAX_AVOIDED_PEERS = 2048

/** Peers not to be dialled of our own accord for a while. Dials an operator asks for do not look here. */
export class RedialBook {
  readonly #clock: Clock
  readonly #maxPeers: number
  /** Until when, monotonic ms. */
  readonly #untilMs = new Map<PeerIdStr, number>()
  /** Entries given up for lack of room, since start: each was the one that would have ended soonest. */
  dropped = 0

  constructor(clock: Clock, maxPeers: number = MAX_AVOIDED_PEERS) {
    this.#clock = clock
    this.#maxPeers = maxPeers
  }

  get size(): number {
    return this.#untilMs.size
  }

  /** From now on for `forMs`; what was said before stands if it lasts longer. */
  avoid(peerId: PeerIdStr, forMs: number): void {
    const nowMs = this.#clock.monotonicMs()
    const untilMs = nowMs + forMs
    if (untilMs <= (this.#untilMs.get(peerId) ?? nowMs)) return
    this.#untilMs.set(peerId, untilMs)
    if (this.#untilMs.size > this.#maxPeers) this.#makeRoom(nowMs)
  }

  isAvoided(peerId: PeerIdStr): boolean {
    const untilMs = this.#untilMs.get(peerId)
    if (untilMs === undefined) return false
    if (this.#clock.monotonicMs() < untilMs) return true
    this.#untilMs.delete(peerId)
    return false
  }

  clear(peerId: PeerIdStr): void {
    this.#untilMs.delete(peerId)
  }

  #makeRoom(nowMs: number): void {
    let soonest: PeerIdStr | undefined
    let soonestMs = Number.POSITIVE_INFINITY
    for (const [peerId, untilMs] of this.#untilMs) {
      if (untilMs <= nowMs) this.#untilMs.delete(peerId)
      else if (untilMs < soonestMs) [soonest, soonestMs] = [peerId, untilMs]
    }
    if (this.#untilMs.size <= this.#maxPeers || soonest === undefined) return
    this.#untilMs.delete(soonest)
    this.dropped++
  }
}
