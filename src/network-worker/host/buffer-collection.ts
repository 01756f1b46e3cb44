import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Ciphertext made before the young generation is collected: six blocks to ten peers. A collection then takes less than a
 * millisecond, since hardly anything in it lives.
 */
export const COLLECTED_AFTER_BYTES = 4 * 1024 * 1024

/** Shorter buffers are cut from slabs of Node's, which die by the heap's own clock. */
const COUNTED_BYTES = 8192

export interface BufferCollectionDeps {
  /** Collects the young generation. */
  readonly collect: () => void
  /** Calls back in another turn, when what the buffers were made for has left. */
  readonly later: (run: () => void) => void
}

/**
 * Lets go of the buffers of blocks. V8 collects the young generation when the heap is full of new objects, but a frame of a
 * block is 64 kB outside the heap behind an object of 100 bytes: thousands of them are made before that happens, and by
 * then their sum makes V8 collect everything instead, which costs as much as sending them did, and tens of ms at a time.
 */
export class BufferCollection {
  readonly #deps: BufferCollectionDeps
  #bytes = 0
  #isDue = false

  constructor(deps: BufferCollectionDeps) {
    this.#deps = deps
  }

  /** So many bytes of ciphertext were made. */
  count(bytes: number): void {
    if (bytes <= COUNTED_BYTES) return
    this.#bytes += bytes
    if (this.#bytes < COLLECTED_AFTER_BYTES || this.#isDue) return
    this.#isDue = true
    this.#deps.later(() => {
      this.#isDue = false
      this.#bytes = 0
      this.#deps.collect()
    })
  }
}

/** The calling thread's own; one that does nothing where V8 gives no way to collect. */
export function bufferCollection(): BufferCollection {
  return new BufferCollection({ collect: youngCollector(), later: setImmediate })
}

function youngCollector(): () => void {
  // Documented (v8.setFlagsFromString); contexts made from here on have the function, ours stays without.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined')
  setFlagsFromString('--no-expose-gc')
  return typeof collect === 'function' ? () => collect({ type: 'minor', execution: 'sync' }) : () => undefined
}
