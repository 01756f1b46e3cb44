import { getHeapStatistics } from 'node:v8'
import { collector } from './collector.ts'

/**
 * Growth of the memory behind arrays at which the young generation is collected: half of what V8 by default lets a heap as
 * small as ours grow by before it collects all of it. 12 or 32 MiB made no difference that shows in bursts (ADR 23).
 */
export const COLLECTED_AFTER_BYTES = 4 * 1024 * 1024

/**
 * Counted between two looks, each of which takes 7 µs. What is counted is made of what came, and for each byte of it at most 22
 * are made that are not: snappy's longest copy, 64 bytes, is three of the input. So a look is late by 3 MiB at most, and by
 * a quarter of one for blocks.
 */
const BYTES_A_LOOK = 128 * 1024

export interface BufferCollectionDeps {
  /** Bytes behind arrays, now. */
  readonly externalBytes: () => number
  /** Collects the young generation. */
  readonly collect: () => void
  /** Calls back in another turn, when what the arrays were made for has left. */
  readonly later: (run: () => void) => void
}

/**
 * Lets go of the arrays of blocks. V8 collects the young generation when the heap is full of new objects, but an array of
 * 64 kB is an object of 100 bytes to it: thousands of them are made before that happens, and by then their sum makes V8
 * collect everything instead, which costs as much as forwarding them did, and tens of ms at a time.
 */
export class BufferCollection {
  readonly #deps: BufferCollectionDeps
  /** The least since the last collection: its arrays are freed some time after it. */
  #leastBytes: number
  #isDue = false
  #countedBytes = 0

  constructor(deps: BufferCollectionDeps) {
    this.#deps = deps
    this.#leastBytes = deps.externalBytes()
  }

  /** An array of its own was made for so many bytes, one place of several on a message's way being enough. */
  count(bytes: number): void {
    this.#countedBytes += bytes
    if (this.#countedBytes < BYTES_A_LOOK) return
    this.#countedBytes = 0
    this.#look()
  }

  #look(): void {
    if (this.#isDue) return
    const externalBytes = this.#deps.externalBytes()
    this.#leastBytes = Math.min(this.#leastBytes, externalBytes)
    if (externalBytes - this.#leastBytes < COLLECTED_AFTER_BYTES) return
    this.#isDue = true
    this.#deps.later(() => {
      this.#isDue = false
      this.#deps.collect()
      this.#leastBytes = this.#deps.externalBytes()
    })
  }
}

let ours: BufferCollection | undefined

/** The calling thread's own: what one transport counts is collected for all. */
export function bufferCollection(): BufferCollection {
  ours ??= new BufferCollection({
    externalBytes: () => getHeapStatistics().external_memory,
    collect: collector().young,
    later: setImmediate,
  })
  return ours
}
