import { UnreadBytes } from '../host/streams/unread-bytes.ts'

/** A length above this many bytes of varint is none: 2^35. */
const MAX_LENGTH_BYTES = 5

/** Named as it-length-prefixed names its own, by which a bad length is told from a stream that broke. */
export class InvalidLengthError extends Error {
  override readonly name = 'InvalidDataLengthError'
}

/**
 * Cuts a stream of bytes into frames, each with its length before it as an unsigned varint. In: chunks as they come. Out:
 * frames in the turn of the chunk that completes them, views of the chunk where it holds all of the frame. Synchronous,
 * since a promise for each message costs as much as the rest of its reading.
 */
export class FrameReader {
  readonly #maxBytes: number
  readonly #onFrame: (frame: Uint8Array, startedAtMs: number) => void
  readonly #nowMs: () => number
  /**
   * What is there of a frame that is not complete, its length included. However small the pieces in which it comes, and
   * however long the stretches around them: a peer decides how both are, and never need send the rest.
   */
  readonly #begun = new UnreadBytes()
  /** Bytes of the frame with its length; undefined until the length is complete. */
  #wanted: number | undefined
  #lengthBytes = 0
  /** When the first bytes of the frame that is being read came, and when the newest chunk did. */
  #startedAtMs = 0
  #chunkAtMs = 0

  /**
   * @param maxBytes longest frame; a longer one is refused by its length, before anything is kept of it
   * @param onFrame told also when the first bytes of the frame came, as `nowMs` has it
   */
  constructor(
    maxBytes: number,
    onFrame: (frame: Uint8Array, startedAtMs: number) => void,
    nowMs: () => number = () => 0,
  ) {
    this.#maxBytes = maxBytes
    this.#onFrame = onFrame
    this.#nowMs = nowMs
  }

  /** @throws InvalidLengthError when a length is too long, or is no varint; nothing more can be read then */
  push(chunk: Uint8Array): void {
    this.#chunkAtMs = this.#nowMs()
    if (this.#begun.bytes === 0) {
      this.#startedAtMs = this.#chunkAtMs
      this.#cut(chunk)
      return
    }
    this.#begun.push(chunk)
    if (this.#wanted !== undefined && this.#begun.bytes < this.#wanted) return
    this.#wanted = undefined
    this.#cut(this.#joined())
  }

  #joined(): Uint8Array {
    const { bytes } = this.#begun
    const pieces: Uint8Array[] = []
    for (let piece = this.#begun.shift(); piece !== undefined; piece = this.#begun.shift()) pieces.push(piece)
    return Buffer.concat(pieces, bytes)
  }

  #cut(bytes: Uint8Array): void {
    let offset = 0
    while (offset < bytes.length) {
      const length = this.#lengthAt(bytes, offset)
      if (length === undefined) break
      const start = offset + this.#lengthBytes
      this.#wanted = start - offset + length
      if (start + length > bytes.length) break
      this.#wanted = undefined
      this.#onFrame(bytes.subarray(start, start + length), this.#startedAtMs)
      this.#startedAtMs = this.#chunkAtMs
      offset = start + length
    }
    if (offset === bytes.length) return
    this.#begun.push(offset === 0 ? bytes : bytes.subarray(offset))
  }

  /** Undefined when more bytes are needed; sets how many bytes the length itself takes, which need not be the fewest. */
  #lengthAt(bytes: Uint8Array, offset: number): number | undefined {
    let length = 0
    for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
      const byte = bytes[offset + i]
      if (byte === undefined) return undefined
      length += (byte & 0x7f) * 2 ** (7 * i)
      if (length > this.#maxBytes) throw new InvalidLengthError('a frame is longer than allowed')
      if (byte >= 0x80) continue
      this.#lengthBytes = i + 1
      return length
    }
    throw new InvalidLengthError('a length has too many bytes')
  }
}
