/**
 * Where new messages of the cheapest class wait for their turn. In: messages as they are read. Out: the same, in the same
 * order, in slices, so that a block that is read meanwhile is handled between two of them and not behind all.
 */
import type { Clock } from '../../shared/clock.ts'
import { Fifo } from '../../shared/fifo.ts'

/**
 * How long one turn of the event loop handles such messages, ms: far less than a block takes to its next hop, and long
 * enough that the turn itself, some tens of µs, does not count.
 */
export const SLICE_MS = 3
/**
 * Messages that may wait: the single attestations of two slots of mainnet, all subnets (10⁶ validators make 31,250 a
 * slot). What is older than that has missed its use.
 */
export const LANE_MESSAGES = 65_536
/** Bytes that may wait: as many attestations of 240 B, rounded. */
export const LANE_BYTES = 16 * 1024 * 1024

export interface LaneItem {
  readonly sizeBytes: number
}

export interface InboundLaneDeps<Item extends LaneItem> {
  readonly clock: Clock
  readonly handle: (item: Item) => void
  /** The item is to be handled later. */
  readonly onWait: (item: Item) => void
  /** There was no room for it: it is forgotten. */
  readonly onDropped: (item: Item) => void
  /** Calls `run` when this turn of the event loop has read what there was to read. */
  readonly nextTurn?: (run: () => void) => void
  readonly maxItems?: number
  readonly maxBytes?: number
}

export class InboundLane<Item extends LaneItem> {
  readonly #deps: InboundLaneDeps<Item>
  readonly #nextTurn: (run: () => void) => void
  readonly #maxItems: number
  readonly #maxBytes: number
  readonly #waiting = new Fifo<Item>()
  #bytes = 0
  /** When the first item of this turn was handled, monotonic ms; undefined before it. */
  #turnSinceMs: number | undefined

  constructor(deps: InboundLaneDeps<Item>) {
    this.#deps = deps
    this.#nextTurn = deps.nextTurn ?? setImmediate
    this.#maxItems = deps.maxItems ?? LANE_MESSAGES
    this.#maxBytes = deps.maxBytes ?? LANE_BYTES
  }

  get length(): number {
    return this.#waiting.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Handles the item at once when none waits and this turn has time left, and else lets it wait. */
  offer(item: Item): void {
    const { clock, handle } = this.#deps
    if (this.#waiting.length === 0) {
      const nowMs = clock.monotonicMs()
      if (this.#turnSinceMs === undefined) this.#beginTurn(nowMs)
      if (nowMs - (this.#turnSinceMs ?? nowMs) < SLICE_MS) {
        handle(item)
        return
      }
    }
    this.#wait(item)
  }

  /** Forgets all that waits, as at a stop. */
  clear(): void {
    for (let item = this.#take(); item !== undefined; item = this.#take()) this.#deps.onDropped(item)
  }

  #beginTurn(nowMs: number): void {
    this.#turnSinceMs = nowMs
    this.#nextTurn(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#turnSinceMs = undefined
    if (this.#waiting.length === 0) return
    const { clock, handle } = this.#deps
    const sinceMs = clock.monotonicMs()
    // Before the items: one that fails to be handled must not be the last.
    this.#beginTurn(sinceMs)
    do {
      const item = this.#take()
      if (item === undefined) return
      handle(item)
    } while (clock.monotonicMs() - sinceMs < SLICE_MS)
  }

  #wait(item: Item): void {
    this.#waiting.push(item)
    this.#bytes += item.sizeBytes
    this.#deps.onWait(item)
    while (this.#waiting.length > this.#maxItems || this.#bytes > this.#maxBytes) {
      const oldest = this.#take()
      if (oldest === undefined) return
      this.#deps.onDropped(oldest)
    }
  }

  #take(): Item | undefined {
    const item = this.#waiting.shift()
    if (item !== undefined) this.#bytes -= item.sizeBytes
    return item
  }
}
