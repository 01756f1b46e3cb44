/** Bytes of a slab: some hundred attestations, so that allocating one costs nothing for each of them. */
const SLAB_BYTES = 32 * 1024
/** What is longer gets memory of its own: it would waste too much of a slab. */
export const SHARED_BYTES = SLAB_BYTES / 8

/**
 * Memory for short byte strings that live about as long as each other. Buffer's own pool will not do: it also serves
 * frames that are gone at once, and one message kept for seconds would keep all that lies around it.
 */
export class Slab {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES).buffer
  #used = 0

  /** A plain array of so many bytes, with anything in it: to be written whole. */
  take(bytes: number): Uint8Array {
    if (bytes > SHARED_BYTES) return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
    if (this.#used + bytes > SLAB_BYTES) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES).buffer
      this.#used = 0
    }
    const taken = new Uint8Array(this.#slab, this.#used, bytes)
    this.#used += bytes
    return taken
  }

  copy(bytes: Uint8Array): Uint8Array {
    const taken = this.take(bytes.length)
    taken.set(bytes)
    return taken
  }
}
