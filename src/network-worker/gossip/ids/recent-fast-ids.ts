import type { Clock } from '../../../shared/clock.ts'
import type { FastId } from './fast-message-id.ts'

/**
 * How long a fast id is known at least. Nearly all duplicates come within seconds; a later one costs a decompression
 * and a hash before `SeenIds` tells it, which is all that this cache saves.
 */
const TTL_MS = 30_000
/** Fast ids a generation may hold: 30 s of all mainnet topics (reference/p2p.md A6), doubled. */
export const MAX_FAST_IDS = 180_000

/**
 * From the cheap id of a message's bytes to what is known of it, in place of gossipsub's own cache, which keeps strings
 * for two epochs without a bound. Two generations: an entry lives 30 to 60 s.
 */
export class RecentFastIds<Known> {
  readonly #clock: Clock
  readonly #maxIds: number
  #newest = new Map<FastId, Known>()
  #older = new Map<FastId, Known>()
  #newestSinceMs: number
  /** Entries forgotten before their time, since start. */
  dropped = 0

  constructor(clock: Clock, maxIds = MAX_FAST_IDS) {
    this.#clock = clock
    this.#maxIds = maxIds
    this.#newestSinceMs = clock.monotonicMs()
  }

  get size(): number {
    return this.#newest.size + this.#older.size
  }

  get(fastId: FastId): Known | undefined {
    return this.#newest.get(fastId) ?? this.#older.get(fastId)
  }

  /** Sets what is known of a message, new or not. */
  set(fastId: FastId, known: Known): void {
    if (this.#older.delete(fastId)) this.#newest.set(fastId, known)
    else {
      if (this.#newest.size >= this.#maxIds) this.prune()
      this.#newest.set(fastId, known)
    }
  }

  delete(fastId: FastId): void {
    this.#newest.delete(fastId)
    this.#older.delete(fastId)
  }

  /** Forgets what is too old, or too much. Called by gossipsub at each heartbeat. */
  prune(): void {
    const nowMs = this.#clock.monotonicMs()
    const ageMs = nowMs - this.#newestSinceMs
    if (ageMs < TTL_MS && this.#newest.size < this.#maxIds) return
    if (ageMs < TTL_MS) this.dropped += this.#older.size
    this.#older = ageMs < 2 * TTL_MS ? this.#newest : new Map()
    this.#newest = new Map()
    this.#newestSinceMs = nowMs
  }

  clear(): void {
    this.#newest = new Map()
    this.#older = new Map()
  }
}
