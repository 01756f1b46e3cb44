import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr } from '../../../shared/ids.ts'
import { IdTable } from './id-table.ts'

/**
 * Ids are kept in as many tables, by age; the oldest goes as a whole. An id lives for the time asked, and up to a
 * quarter longer.
 */
const GENERATIONS = 5
/**
 * Ids kept at most: all topics of mainnet make some 3,000 a second (reference/p2p.md A6), thus 2.9 million in the 960 s
 * that the oldest lives. At 8 to 27 bytes each that is below 110 MB.
 */
export const MAX_SEEN_IDS = 4_000_000

export interface SeenIdsOptions {
  readonly clock: Clock
  /** How long an id is known at least. */
  readonly ttlMs: number
  readonly maxIds?: number
}

/**
 * The ids of messages seen, in place of gossipsub's own cache, which keeps a string and an object for each and has no
 * bound. Of the 20 bytes of an id 8 are kept: to have a true message taken for a duplicate somebody would have to find
 * another one with the same first 64 bits of SHA-256 before it is known. Method names are those gossipsub calls.
 */
export class SeenIds {
  readonly #clock: Clock
  readonly #generationMs: number
  readonly #maxIds: number
  /** Newest first. */
  #generations: IdTable[] = [new IdTable()]
  #newestSinceMs: number
  /** Ids forgotten before their time, since start. */
  dropped = 0

  constructor({ clock, ttlMs, maxIds = MAX_SEEN_IDS }: SeenIdsOptions) {
    this.#clock = clock
    this.#generationMs = ttlMs / (GENERATIONS - 1)
    this.#maxIds = maxIds
    this.#newestSinceMs = clock.monotonicMs()
  }

  get size(): number {
    return this.#generations.reduce((sum, { size }) => sum + size, 0)
  }

  has(id: MsgIdStr): boolean {
    return this.#has(word(id, 0), word(id, 8))
  }

  /** Adds an id. @returns true when it was there */
  put(id: MsgIdStr): boolean {
    const high = word(id, 0)
    const low = word(id, 8)
    if (this.#has(high, low)) return true
    this.prune()
    this.#newest().add(high, low)
    return false
  }

  /** Forgets an id, so that its message is new when it comes again. */
  delete(id: MsgIdStr): void {
    const high = word(id, 0)
    const low = word(id, 8)
    for (const table of this.#generations) table.delete(high, low)
  }

  /** Forgets what is too old, or too much. Called by gossipsub at each heartbeat. */
  prune(): void {
    const nowMs = this.#clock.monotonicMs()
    const isFull = this.#newest().size >= this.#maxIds / GENERATIONS
    if (!isFull && nowMs - this.#newestSinceMs < this.#generationMs) return
    const missed = Math.floor((nowMs - this.#newestSinceMs) / this.#generationMs)
    const turns = Math.min(GENERATIONS, Math.max(1, missed))
    for (let turn = 0; turn < turns; turn++) this.#generations.unshift(new IdTable())
    const gone = this.#generations.splice(GENERATIONS)
    if (isFull && missed === 0) this.dropped += gone.reduce((sum, { size }) => sum + size, 0)
    this.#newestSinceMs = missed === 0 ? nowMs : this.#newestSinceMs + missed * this.#generationMs
  }

  clear(): void {
    this.#generations = [new IdTable()]
  }

  #has(high: number, low: number): boolean {
    for (const table of this.#generations) if (table.has(high, low)) return true
    return false
  }

  #newest(): IdTable {
    const [newest] = this.#generations
    if (newest === undefined) throw new Error('unreachable: there is always a newest generation')
    return newest
  }
}

/** Eight hex digits of an id from `offset`, as an unsigned 32-bit number; ids are always lower-case hex. */
function word(id: MsgIdStr, offset: number): number {
  let value = 0
  for (let i = offset; i < offset + 8; i++) {
    const code = id.charCodeAt(i)
    value = (value << 4) | (code > 57 ? code - 87 : code - 48)
  }
  return value >>> 0
}
