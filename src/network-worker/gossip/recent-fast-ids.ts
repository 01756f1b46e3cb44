import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr } from '../../shared/ids.ts'

/**
 * How long a fast id is known at least. Nearly all duplicates come within seconds; a later one costs a decompression
 * and a hash before `SeenIds` tells it, which is all that this cache saves.
 */
const TTL_MS = 30_000
/** Fast ids a generation may hold: 30 s of all mainnet topics (reference/p2p.md A6), doubled. */
export const MAX_FAST_IDS = 180_000

/**
 * From the cheap id of a message's bytes to its true id, in place of gossipsub's own cache, which keeps them for two
 * epochs without a bound. Two generations: an entry lives 30 to 60 s. Method names are those gossipsub calls.
 */
export class RecentFastIds {
  readonly #clock: Clock
  readonly #maxIds: number
  #newest = new Map<string, MsgIdStr>()
  #older = new Map<string, MsgIdStr>()
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

  get(fastId: string): MsgIdStr | undefined {
    return this.#newest.get(fastId) ?? this.#older.get(fastId)
  }

  /** Adds an entry unless its key is there. @returns true when it was */
  put(fastId: string, msgId: MsgIdStr): boolean {
    if (this.get(fastId) !== undefined) return true
    this.prune()
    this.#newest.set(fastId, msgId)
    return false
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
