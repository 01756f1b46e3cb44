import { FrameRooms } from './frame-rooms.ts'

/** Bytes of the length before each frame (libp2p specs, noise/README.md, "Wire Format"). */
export const LENGTH_BYTES = 2

/**
 * A frame is `bytes` from `start` to `end`, without its length. It is lent, and may be changed. False stops the cutting.
 */
export type TakeFrame = (bytes: Uint8Array, start: number, end: number) => boolean

/**
 * Cuts what a socket brings into frames, where they lie: only a frame that came in several pieces is copied together. At
 * most one frame is kept, 65,537 bytes.
 */
export class FrameCutter {
  readonly #take: TakeFrame
  readonly #rooms: FrameRooms
  /** The beginning of a frame, with its length, and how much of the room is filled. */
  #room: Uint8Array = NO_ROOM
  #filled = 0

  /** @param rooms of all connections */
  constructor(take: TakeFrame, rooms = new FrameRooms()) {
    this.#take = take
    this.#rooms = rooms
  }

  /** Bytes of a frame that has not come whole. */
  get waitingBytes(): number {
    return this.#filled
  }

  push(chunk: Uint8Array): void {
    let offset = 0
    if (chunk.length === 0) return
    if (this.#filled > 0) {
      offset = this.#complete(chunk)
      if (offset < 0) return
    }
    const { length } = chunk
    while (length - offset >= LENGTH_BYTES) {
      const start = offset + LENGTH_BYTES
      const end = start + frameLength(chunk, offset)
      if (end > length) break
      if (!this.#take(chunk, start, end)) return
      offset = end
    }
    if (offset < length) this.#keep(chunk, offset, length)
  }

  /** Adds to the frame that has begun. Where the next one begins in the chunk; negative when there is nothing to go on with. */
  #complete(chunk: Uint8Array): number {
    let offset = 0
    if (this.#filled < LENGTH_BYTES) {
      this.#keep(chunk, 0, 1)
      offset = 1
    }
    const wholeBytes = LENGTH_BYTES + frameLength(this.#room, 0)
    const end = Math.min(chunk.length, offset + wholeBytes - this.#filled)
    this.#keep(chunk, offset, end)
    if (this.#filled < wholeBytes) return -1
    const frame = this.#room
    this.#room = NO_ROOM
    this.#filled = 0
    const goesOn = this.#take(frame, LENGTH_BYTES, wholeBytes)
    this.#rooms.giveBack(frame)
    return goesOn ? end : -1
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const neededBytes = this.#filled + end - start
    if (neededBytes > this.#room.length) this.#makeRoom(neededBytes)
    this.#room.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#filled)
    this.#filled = neededBytes
  }

  #makeRoom(neededBytes: number): void {
    const before = this.#room
    const room = this.#rooms.take(neededBytes)
    if (this.#filled > 0) room.set(before.subarray(0, this.#filled))
    this.#room = room
    this.#rooms.giveBack(before)
  }
}

function frameLength(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
}

const NO_ROOM = new Uint8Array()
