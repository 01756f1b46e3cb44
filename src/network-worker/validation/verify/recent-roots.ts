/**
 * Roots of what many messages have in common: nearly all votes of a slot carry the same data, which takes ten hashes. In:
 * bytes. Out: their root.
 */

/** The committees of a slot before Electra, each with an index of its own in the data, or some slots' worth since. */
const MAX_ROOTS = 64

export class RecentRoots {
  readonly #rootOf: (bytes: Uint8Array) => Uint8Array
  /** By the bytes themselves. The longest known first, which goes first. */
  readonly #roots = new Map<string, Uint8Array>()

  constructor(rootOf: (bytes: Uint8Array) => Uint8Array) {
    this.#rootOf = rootOf
  }

  /** The root, worked out or remembered. Not to be written to. */
  of(bytes: Uint8Array): Uint8Array {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const known = this.#roots.get(key)
    if (known !== undefined) return known
    const root = this.#rootOf(bytes)
    this.#roots.set(key, root)
    if (this.#roots.size > MAX_ROOTS) this.#roots.delete(this.#roots.keys().next().value ?? '')
    return root
  }
}
