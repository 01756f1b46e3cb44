/** Slots of a new table; a power of two, as every later size. */
const INITIAL_SLOTS = 1024
/** Share of slots in use at which a table doubles: linear probing stays at about two probes. */
const MAX_LOAD = 0.6

/**
 * A set of 64-bit keys, each given as two unsigned 32-bit halves, in one typed array: 8 bytes a slot and nothing for
 * the garbage collector to trace. Keys are expected to be hashes already. The key (0, 0) marks an empty slot and is
 * taken for (0, 1).
 */
export class IdTable {
  #slots = new Uint32Array(2 * INITIAL_SLOTS)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(high: number, low: number): boolean {
    return this.#isTaken(this.#find(high, low))
  }

  /** Adds a key. @returns false when it was there */
  add(high: number, low: number): boolean {
    const at = this.#find(high, low)
    if (this.#isTaken(at)) return false
    this.#write(at, high, low)
    this.#size++
    if (this.#size > (this.#slots.length / 2) * MAX_LOAD) this.#double()
    return true
  }

  /** Takes a key out. @returns false when it was not there */
  delete(high: number, low: number): boolean {
    let hole = this.#find(high, low)
    if (!this.#isTaken(hole)) return false
    const slots = this.#slots
    const last = slots.length - 1
    // What follows without a gap may be there because the hole was taken, and would not be found behind it.
    for (let at = (hole + 2) & last; this.#isTaken(at); at = (at + 2) & last) {
      const wantedAt = ((slots[at + 1] ?? 0) * 2) & last
      if (((at - wantedAt) & last) < ((at - hole) & last)) continue
      this.#move(at, hole)
      hole = at
    }
    slots[hole] = 0
    slots[hole + 1] = 0
    this.#size--
    return true
  }

  #move(from: number, to: number): void {
    this.#slots[to] = this.#slots[from] ?? 0
    this.#slots[to + 1] = this.#slots[from + 1] ?? 0
  }

  #isTaken(at: number): boolean {
    return this.#slots[at] !== 0 || this.#slots[at + 1] !== 0
  }

  #write(at: number, high: number, low: number): void {
    this.#slots[at] = high
    this.#slots[at + 1] = high === 0 && low === 0 ? 1 : low
  }

  /** Where the key is, or the empty slot where it would go. */
  #find(high: number, low: number): number {
    const slots = this.#slots
    const last = slots.length - 1
    const wanted = high === 0 && low === 0 ? 1 : low
    // The low half spreads keys; doubling it gives the index of a pair.
    let at = (wanted * 2) & last
    while ((slots[at] !== 0 || slots[at + 1] !== 0) && (slots[at] !== high || slots[at + 1] !== wanted)) {
      at = (at + 2) & last
    }
    return at
  }

  #double(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += 2) {
      const high = old[at] ?? 0
      const low = old[at + 1] ?? 0
      if (high !== 0 || low !== 0) this.#write(this.#find(high, low), high, low)
    }
  }
}
