import { SHARED_BYTES } from './slab.ts'

/** Sizes of rooms between two powers of two: no room is longer than five quarters of what it is for. */
const STEPS = 4
/** Longer ones are not kept: no block or column seen on mainnet is as long. */
const LONGEST_KEPT_BYTES = 1024 * 1024
/**
 * Bytes of rooms that wait to be used again: what the message cache lets go of at one heartbeat in which a slot's blocks and
 * columns left it, some ten large blocks as in an outbox.
 */
const MAX_FREE_BYTES = 8 * 1024 * 1024

export interface MessageRoomsOptions {
  /** An array of so many bytes was made. */
  readonly onMade?: (bytes: number) => void
  readonly maxFreeBytes?: number
}

/**
 * Memory for blocks and columns, used again. What is new from the system costs a fault for each page that is touched, which
 * waits for whatever else changes the memory of the process: for 64 kB some 80 µs, and half a millisecond one time in ten,
 * where a copy takes 5. Whoever takes a room gives it back once nobody looks at it any more, or lets it be collected.
 */
export class MessageRooms {
  readonly #onMade: (bytes: number) => void
  readonly #maxFreeBytes: number
  /** By size, the longest unused first. */
  readonly #free = new Map<number, ArrayBuffer[]>()
  #freeBytes = 0

  constructor({ onMade = () => undefined, maxFreeBytes = MAX_FREE_BYTES }: MessageRoomsOptions = {}) {
    this.#onMade = onMade
    this.#maxFreeBytes = maxFreeBytes
  }

  /** Bytes of the rooms that wait to be used again. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** So many bytes at the beginning of a room, with anything in them. */
  take(bytes: number): Uint8Array {
    const roomBytes = sizeFor(bytes)
    const free = this.#stockOf(roomBytes).pop()
    if (free !== undefined) {
      this.#freeBytes -= roomBytes
      return new Uint8Array(free, 0, bytes)
    }
    this.#onMade(roomBytes)
    return new Uint8Array(Buffer.allocUnsafeSlow(roomBytes).buffer, 0, bytes)
  }

  /** A copy in a room. */
  copy(bytes: Uint8Array): Uint8Array {
    const copy = this.take(bytes.length)
    copy.set(bytes)
    return copy
  }

  /**
   * Nobody looks any more at the room in which these bytes are.
   * @throws Error when it was given back before: two would write to it
   */
  giveBack({ buffer }: Uint8Array): void {
    const { byteLength } = buffer
    if (!(buffer instanceof ArrayBuffer) || byteLength !== sizeFor(byteLength)) return
    const free = this.#stockOf(byteLength)
    if (free.includes(buffer)) throw new Error('a room was given back twice')
    if (byteLength > LONGEST_KEPT_BYTES) return
    free.push(buffer)
    this.#freeBytes += byteLength
    while (this.#freeBytes > this.#maxFreeBytes) this.#dropOne()
  }

  /** Of the size that was not asked for the longest. */
  #dropOne(): void {
    for (const [roomBytes, free] of this.#free) {
      if (free.pop() === undefined) this.#free.delete(roomBytes)
      else {
        this.#freeBytes -= roomBytes
        return
      }
    }
  }

  /** Of a size that is in use: there are forty that are kept, and as many again of longer ones. */
  #stockOf(roomBytes: number): ArrayBuffer[] {
    const free = this.#free.get(roomBytes) ?? []
    this.#free.delete(roomBytes)
    this.#free.set(roomBytes, free)
    return free
  }
}

/** Of the room for so many bytes. */
function sizeFor(bytes: number): number {
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(bytes, SHARED_BYTES))) - 1) / STEPS
  return Math.max(SHARED_BYTES, Math.ceil(bytes / step) * step)
}
