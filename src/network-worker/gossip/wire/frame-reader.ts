import { varintLength, writeVarint } from './length-prefix.ts'
import { MessageRooms } from './message-rooms.ts'
import { SHARED_BYTES, Slab } from './slab.ts'

/** A length above this many bytes of varint is none: 2^35. */
const MAX_LENGTH_BYTES = 5
/** The first room for a frame that comes in pieces; it doubles as bytes come, so that a mere announcement costs no memory. */
const FIRST_ROOM_BYTES = SHARED_BYTES - MAX_LENGTH_BYTES

/** Of short frames, for all readers of the thread: whoever keeps a message for longer copies it (ADR 22). */
const slab = new Slab()

/** Named as it-length-prefixed names its own, by which a bad length is told from a stream that broke. */
export class InvalidLengthError extends Error {
  override readonly name = 'InvalidDataLengthError'
}

export interface FrameReaderOptions {
  /** Longest frame; a longer one is refused by its length, before anything is kept of it. */
  readonly maxBytes: number
  /**
   * A frame is its taker's for good, but who answers true does not look at it any more: its memory is used again. Right before
   * one that has memory of its own lies its length, so that it can be sent on from there (message-encoder.ts). `startedAtMs`:
   * when the first bytes of it came, as `nowMs` has it.
   */
  readonly onFrame: (frame: Uint8Array, startedAtMs: number) => boolean | undefined
  readonly nowMs?: () => number
  /** Where frames are put that are long, or come in pieces; shared by all readers of a router. */
  readonly rooms?: MessageRooms
}

/**
 * Cuts a stream of bytes into frames, each with its length before it as an unsigned varint. In: chunks as they come. Out:
 * frames in the turn of the chunk that completes them. What comes in pieces is put where the frame will be, once: it holds
 * no more than two and a half times what came, and 4 kB. Synchronous, since a promise for each message costs as much as the
 * rest of its reading.
 */
export class FrameReader {
  readonly #maxBytes: number
  readonly #onFrame: FrameReaderOptions['onFrame']
  readonly #nowMs: () => number
  readonly #rooms: MessageRooms
  /** Bytes of the frame, without its length; undefined until that is complete. */
  #wanted: number | undefined
  /** What there is of a length that is not complete. */
  #length = 0
  #lengthBytes = 0
  /** What there is of a frame that is not complete. */
  #room: Uint8Array = NO_BYTES
  #filled = 0
  /** When the first bytes of the frame that is being read came, and when the newest chunk did. */
  #startedAtMs = 0
  #chunkAtMs = 0

  constructor({ maxBytes, onFrame, nowMs = () => 0, rooms = new MessageRooms() }: FrameReaderOptions) {
    this.#maxBytes = maxBytes
    this.#onFrame = onFrame
    this.#nowMs = nowMs
    this.#rooms = rooms
  }

  /**
   * @param isLent the chunk is another's afterwards; else frames that are whole in it are views of it
   * @throws InvalidLengthError when a length is too long, or is no varint; nothing more can be read then
   */
  push(chunk: Uint8Array, isLent = false): void {
    this.#chunkAtMs = this.#nowMs()
    let at = 0
    while (at < chunk.length) {
      if (this.#wanted === undefined) at = this.#readLength(chunk, at)
      const wanted = this.#wanted
      if (wanted === undefined) return
      if (this.#filled === 0 && at + wanted <= chunk.length) {
        const frame = chunk.subarray(at, at + wanted)
        at += wanted
        if (isLent) this.#giveCopy(frame)
        else this.#give(frame)
      } else if (at < chunk.length) at = this.#collect(chunk, at, wanted)
    }
  }

  /** Reads on in a length, which need not be of the fewest bytes. @returns where it ends in the chunk */
  #readLength(chunk: Uint8Array, start: number): number {
    if (this.#lengthBytes === 0) this.#startedAtMs = this.#chunkAtMs
    let at = start
    while (at < chunk.length) {
      const byte = chunk[at++] ?? 0
      this.#length += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes++)
      if (this.#length > this.#maxBytes) throw new InvalidLengthError('a frame is longer than allowed')
      if (byte < 0x80) {
        this.#wanted = this.#length
        this.#length = 0
        this.#lengthBytes = 0
        return at
      }
      if (this.#lengthBytes === MAX_LENGTH_BYTES) throw new InvalidLengthError('a length has too many bytes')
    }
    return at
  }

  /** Adds to the frame that has begun. @returns where in the chunk it went on to */
  #collect(chunk: Uint8Array, at: number, wanted: number): number {
    const end = Math.min(chunk.length, at + wanted - this.#filled)
    const neededBytes = this.#filled + end - at
    if (neededBytes > this.#room.length) this.#makeRoom(Math.min(wanted, Math.max(FIRST_ROOM_BYTES, 2 * neededBytes)))
    this.#room.set(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end), this.#filled)
    this.#filled = neededBytes
    if (neededBytes === wanted) {
      const frame = this.#room
      this.#room = NO_BYTES
      this.#filled = 0
      this.#giveInRoom(frame)
    }
    return end
  }

  #makeRoom(bytes: number): void {
    const before = this.#room
    const room = this.#behindLength(bytes)
    if (this.#filled > 0) room.set(before.subarray(0, this.#filled))
    this.#room = room
    if (before !== NO_BYTES) this.#rooms.giveBack(before)
  }

  #giveCopy(frame: Uint8Array): void {
    if (frame.length <= SHARED_BYTES) {
      this.#give(slab.copy(frame))
      return
    }
    const copy = this.#behindLength(frame.length)
    copy.set(frame)
    this.#giveInRoom(copy)
  }

  /** A room for so many bytes, with their number before them as in a stream; a frame that comes in pieces ends in one of its length. */
  #behindLength(bytes: number): Uint8Array {
    const room = this.#rooms.take(varintLength(bytes) + bytes)
    return room.subarray(writeVarint(room, 0, bytes))
  }

  #giveInRoom(frame: Uint8Array): void {
    if (this.#give(frame) === true) this.#rooms.giveBack(frame)
  }

  #give(frame: Uint8Array): boolean | undefined {
    this.#wanted = undefined
    return this.#onFrame(frame, this.#startedAtMs)
  }
}

const NO_BYTES = new Uint8Array()
