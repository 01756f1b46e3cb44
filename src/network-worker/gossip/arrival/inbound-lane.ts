/**
 * Where new messages of the cheapest class wait for their turn. In: messages as they are read. Out: the same, in slices,
 * so that a block that is read meanwhile is handled between two of them and not behind all. Each peer has a line of its
 * own, in the order in which it sent; peers take turns, and whose line is too long loses of its own: one that sends more
 * than can be handled delays and displaces nobody else's.
 */
import type { Clock } from '../../../shared/clock.ts'
import { Fifo } from '../../../shared/fifo.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'

/**
 * How long one turn of the event loop handles such messages, ms: what a block may have to wait for, twice, and long enough
 * that the turn itself, some tens of µs, hardly counts.
 */
export const SLICE_MS = 1
/**
 * Messages that may wait: the single attestations of two slots of mainnet, all subnets (10⁶ validators make 31,250 a
 * slot). What is older than that has missed its use.
 */
export const LANE_MESSAGES = 65_536
/** Bytes that may wait: as many attestations of 240 B, rounded. */
export const LANE_BYTES = 16 * 1024 * 1024

export interface LaneItem {
  /** Whose line it waits in. */
  readonly fromId: PeerIdStr
  readonly sizeBytes: number
}

export interface InboundLaneDeps<Item extends LaneItem> {
  readonly clock: Clock
  readonly handle: (item: Item) => void
  /** The item is to be handled later. */
  readonly onWait: (item: Item) => void
  /**
   * There was no room for it, or it is to be forgotten. Answers in whose line it is to wait instead, if in any; asked
   * again for an item, it must come to an end.
   */
  readonly onDropped: (item: Item) => PeerIdStr | undefined
  /** Calls `run` when this turn of the event loop has read what there was to read. */
  readonly nextTurn?: (run: () => void) => void
  readonly maxItems?: number
  readonly maxBytes?: number
}

/** What waits of one peer. */
interface Line<Item> {
  readonly fromId: PeerIdStr
  readonly items: Fifo<Item>
  bytes: number
}

export class InboundLane<Item extends LaneItem> {
  readonly #deps: InboundLaneDeps<Item>
  readonly #nextTurn: (run: () => void) => void
  readonly #maxItems: number
  readonly #maxBytes: number
  /** By peer; a line is here as long as it is among the turns. Bounded by the items, as no peer waits without one. */
  readonly #lines = new Map<PeerIdStr, Line<Item>>()
  /** The next to be served first. */
  readonly #turns = new Fifo<Line<Item>>()
  #length = 0
  #bytes = 0
  #waitingSinceMs = 0
  /** When the first item of this turn was handled, monotonic ms; undefined before it. */
  #turnSinceMs: number | undefined

  constructor(deps: InboundLaneDeps<Item>) {
    this.#deps = deps
    this.#nextTurn = deps.nextTurn ?? setImmediate
    this.#maxItems = deps.maxItems ?? LANE_MESSAGES
    this.#maxBytes = deps.maxBytes ?? LANE_BYTES
  }

  get length(): number {
    return this.#length
  }

  /** How long items have waited without a pause, ms; 0 when none wait. No item waits longer. */
  get waitingMs(): number {
    return this.#length === 0 ? 0 : this.#deps.clock.monotonicMs() - this.#waitingSinceMs
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Handles the item at once when none waits and this turn has time left, and else lets it wait. */
  offer(item: Item): void {
    const { clock, handle } = this.#deps
    if (this.#length === 0) {
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
    if (this.#length === 0) return
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
    if (this.#length === 0) this.#waitingSinceMs = this.#deps.clock.monotonicMs()
    const line = this.#push(item, item.fromId)
    this.#deps.onWait(item)
    while (this.#length > this.#maxItems || this.#bytes > this.#maxBytes) {
      const oldest = this.#takeOf(this.#isAboveMean(line) ? line : this.#longest(line))
      if (oldest === undefined) return
      const heirId = this.#deps.onDropped(oldest)
      if (heirId !== undefined) this.#push(oldest, heirId)
    }
  }

  #push(item: Item, fromId: PeerIdStr): Line<Item> {
    const line = this.#lineOf(fromId)
    line.items.push(item)
    line.bytes += item.sizeBytes
    this.#length++
    this.#bytes += item.sizeBytes
    return line
  }

  #lineOf(fromId: PeerIdStr): Line<Item> {
    const known = this.#lines.get(fromId)
    if (known !== undefined) return known
    const line: Line<Item> = { fromId, items: new Fifo(), bytes: 0 }
    this.#lines.set(fromId, line)
    this.#turns.push(line)
    return line
  }

  /** The next item of the peer whose turn it is. */
  #take(): Item | undefined {
    for (let line = this.#turns.shift(); line !== undefined; line = this.#turns.shift()) {
      const item = this.#takeOf(line)
      if (line.items.length > 0) this.#turns.push(line)
      else this.#lines.delete(line.fromId)
      if (item !== undefined) return item
    }
    return undefined
  }

  #takeOf(line: Line<Item>): Item | undefined {
    const item = line.items.shift()
    if (item === undefined) return undefined
    line.bytes -= item.sizeBytes
    this.#length--
    this.#bytes -= item.sizeBytes
    return item
  }

  /** How much of the lane's room a line takes, in items and in bytes. */
  #loadOf({ items, bytes }: Line<Item>): number {
    return items.length / this.#maxItems + bytes / this.#maxBytes
  }

  /** Asked before the search for the longest, since in a flood it is the flooding peer's own. */
  #isAboveMean(line: Line<Item>): boolean {
    const whole = this.#length / this.#maxItems + this.#bytes / this.#maxBytes
    return this.#loadOf(line) * this.#lines.size >= whole
  }

  #longest(first: Line<Item>): Line<Item> {
    let longest = first
    for (const line of this.#lines.values()) if (this.#loadOf(line) > this.#loadOf(longest)) longest = line
    return longest
  }
}
