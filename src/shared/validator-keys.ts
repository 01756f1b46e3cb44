/**
 * The public keys of a network's validators by index, in memory that threads share: one thread appends, all read. A
 * validator's key never changes and indices only grow (consensus specs, phase0 `process_deposit`), so that a reader
 * needs no lock: the count is raised only once the keys behind it are there.
 */

/** A compressed BLS public key. */
export const PUBKEY_BYTES = 48
/** Twice mainnet's registry; reserves address space, while memory is taken as keys come. */
export const MAX_VALIDATOR_KEYS = 2 ** 22
/** The count stands first, in the first four bytes; keys follow. */
const HEAD_BYTES = 64
/** Memory grows by so many keys at once, so that it does not grow for each batch. */
const GROWTH_KEYS = 65_536

export class ValidatorKeys {
  /** To be handed to other threads. */
  readonly memory: SharedArrayBuffer
  readonly #count: Int32Array
  readonly #bytes: Uint8Array

  /** Empty, or what another thread fills. */
  constructor(memory?: SharedArrayBuffer) {
    const maxByteLength = HEAD_BYTES + MAX_VALIDATOR_KEYS * PUBKEY_BYTES
    this.memory = memory ?? new SharedArrayBuffer(HEAD_BYTES, { maxByteLength })
    this.#count = new Int32Array(this.memory, 0, 1)
    this.#bytes = new Uint8Array(this.memory) // without a length: it follows the memory's growth
  }

  /** Keys there are: of the validators 0 to `count - 1`. */
  get count(): number {
    return Atomics.load(this.#count, 0)
  }

  /** A copy of a validator's key, undefined while it is unknown or the index is none. */
  at(index: number): Uint8Array | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) return undefined
    const start = HEAD_BYTES + index * PUBKEY_BYTES
    return new Uint8Array(this.#bytes.subarray(start, start + PUBKEY_BYTES))
  }

  /**
   * Adds the keys of the next indices, for the owning thread only. Answers how many were taken: fewer than given once
   * {@link MAX_VALIDATOR_KEYS} are held.
   * @throws Error when `keys` is not a whole number of keys
   */
  append(keys: Uint8Array): number {
    if (keys.length % PUBKEY_BYTES !== 0) throw new Error(`${keys.length} bytes are not whole public keys`)
    const before = this.count
    const taken = Math.min(keys.length / PUBKEY_BYTES, MAX_VALIDATOR_KEYS - before)
    this.#growFor(before + taken)
    this.#bytes.set(keys.subarray(0, taken * PUBKEY_BYTES), HEAD_BYTES + before * PUBKEY_BYTES)
    Atomics.store(this.#count, 0, before + taken)
    return taken
  }

  /** Forgets every key, for the owning thread only: they were of another chain. */
  clear(): void {
    Atomics.store(this.#count, 0, 0)
  }

  #growFor(keys: number): void {
    if (HEAD_BYTES + keys * PUBKEY_BYTES <= this.memory.byteLength) return
    const rounded = Math.min(MAX_VALIDATOR_KEYS, Math.ceil(keys / GROWTH_KEYS) * GROWTH_KEYS)
    this.memory.grow(HEAD_BYTES + rounded * PUBKEY_BYTES)
  }
}
