/**
 * Work that waits for a thread, each source's in a line of its own. Sources take turns, and when there is no room the
 * longest line loses its newest: whoever brings much waits for itself, and displaces nobody else's.
 */

export interface FairQueueBounds {
  readonly maxItems: number
  readonly maxBytes: number
}

interface Waiting<Item> {
  readonly item: Item
  readonly sizeBytes: number
}

interface Line<Item> {
  /** The oldest first. Bounded by the queue, so that taking from the front is cheap. */
  readonly waiting: Waiting<Item>[]
  bytes: number
}

export class FairQueue<Item> {
  readonly #bounds: FairQueueBounds
  /** By source, in the order of their turns; a line without items is not in here. */
  readonly #lines = new Map<string, Line<Item>>()
  #length = 0
  #bytes = 0

  constructor(bounds: FairQueueBounds) {
    this.#bounds = bounds
  }

  get length(): number {
    return this.#length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @returns what had to go for want of room, the item itself perhaps */
  push(source: string, item: Item, sizeBytes: number): readonly Item[] {
    const line = this.#lines.get(source) ?? { waiting: [], bytes: 0 }
    this.#lines.set(source, line)
    line.waiting.push({ item, sizeBytes })
    this.#count(line, 1, sizeBytes)
    if (!this.#isTooMuch()) return []
    const gone: Item[] = []
    for (let one = this.#drop(source); one !== undefined; one = this.#isTooMuch() ? this.#drop(source) : undefined) {
      gone.push(one)
    }
    return gone
  }

  /** What `shift` would take. */
  peek(): Item | undefined {
    const [line] = this.#lines.values()
    return line?.waiting[0]?.item
  }

  /** The oldest item of the source whose turn it is; the source's next turn comes after all others'. */
  shift(): Item | undefined {
    const [turn] = this.#lines
    if (turn === undefined) return undefined
    const [source, line] = turn
    const first = line.waiting.shift()
    this.#lines.delete(source)
    if (line.waiting.length > 0) this.#lines.set(source, line)
    if (first === undefined) return undefined
    this.#count(line, -1, -first.sizeBytes)
    return first.item
  }

  /** Takes an item out before its turn. @returns false when it is not here any more */
  remove(source: string, item: Item): boolean {
    const line = this.#lines.get(source)
    if (line === undefined) return false
    const at = line.waiting.findIndex((waiting) => waiting.item === item)
    const removed = line.waiting[at]
    if (removed === undefined) return false
    line.waiting.splice(at, 1)
    if (line.waiting.length === 0) this.#lines.delete(source)
    this.#count(line, -1, -removed.sizeBytes)
    return true
  }

  #isTooMuch(): boolean {
    return this.#length > this.#bounds.maxItems || this.#bytes > this.#bounds.maxBytes
  }

  /** Takes the newest of the longest line; of lines that are as long, of that of `source`. */
  #drop(source: string): Item | undefined {
    let longest = source
    for (const [other, line] of this.#lines)
      if (this.#load(line) > this.#load(this.#lines.get(longest))) longest = other
    const line = this.#lines.get(longest)
    const newest = line?.waiting.pop()
    if (line === undefined || newest === undefined) return undefined
    if (line.waiting.length === 0) this.#lines.delete(longest)
    this.#count(line, -1, -newest.sizeBytes)
    return newest.item
  }

  /** How much of the room a line takes, in items and in bytes. */
  #load(line: Line<Item> | undefined): number {
    const { maxItems, maxBytes } = this.#bounds
    return line === undefined ? 0 : line.waiting.length / maxItems + line.bytes / maxBytes
  }

  #count(line: Line<Item>, items: number, bytes: number): void {
    line.bytes += bytes
    this.#length += items
    this.#bytes += bytes
  }
}
