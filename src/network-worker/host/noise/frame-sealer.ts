import type { BufferCollection } from '../buffer-collection.ts'
import { NOISE_PLAINTEXT_BYTES } from '../direct-stream.ts'
import { TAG_BYTES } from './aead.ts'
import type { CipherState } from './cipher-state.ts'
import { LENGTH_BYTES } from './frame-cutter.ts'

const OVERHEAD_BYTES = LENGTH_BYTES + TAG_BYTES
/** For messages that go alone or joined: what is given away with one of them is no more than this. */
const SMALL_ROOM_BYTES = 16 * 1024
/** What may go in front of a message, as a frame of its own: an IDONTWANT of 27 bytes with its header. */
const FRONT_BYTES = 128
/** As much as our muxer hands over at once, four frames, with their headers, and one in front. */
const LARGE_ROOM_BYTES = 4 * (NOISE_PLAINTEXT_BYTES + OVERHEAD_BYTES) + FRONT_BYTES

/**
 * Makes frames of plaintext, in rooms that are used again: what is sealed goes to the system in the same turn, nearly
 * always whole, and then nobody looks at it any more. One for all connections of a node.
 */
export class FrameSealer {
  readonly #buffers: Pick<BufferCollection, 'count'>
  #small: Uint8Array = Buffer.allocUnsafeSlow(SMALL_ROOM_BYTES)
  #large: Uint8Array = Buffer.allocUnsafeSlow(LARGE_ROOM_BYTES)

  /** @param buffers told of arrays that are made for what cannot go in a room */
  constructor(buffers: Pick<BufferCollection, 'count'>) {
    this.#buffers = buffers
  }

  /**
   * What goes to the socket for some plaintext: one frame, or as many as it needs, in one array.
   * @param isBorrowed it is sent before the next call, or told by `giveAway`; else it is the caller's for good
   * @param firstBytes of the first frame, which the other side then opens before it has the rest
   * @throws Error when every nonce has been used
   */
  seal(
    cipher: CipherState,
    pieces: readonly Uint8Array[],
    plaintextBytes: number,
    isBorrowed: boolean,
    firstBytes = NOISE_PLAINTEXT_BYTES,
  ): Uint8Array {
    const frames = 1 + Math.max(0, Math.ceil((plaintextBytes - firstBytes) / NOISE_PLAINTEXT_BYTES))
    const room = this.#room(plaintextBytes + frames * OVERHEAD_BYTES, isBorrowed)
    const end = fill(room, pieces, firstBytes)
    let frameBytes = firstBytes
    for (let start = 0; start < end; ) {
      const plaintextEnd = Math.min(start + LENGTH_BYTES + frameBytes, end - TAG_BYTES)
      cipher.sealInPlace(room, start + LENGTH_BYTES, plaintextEnd)
      const sealedBytes = plaintextEnd - start - LENGTH_BYTES + TAG_BYTES
      room[start] = sealedBytes >> 8
      room[start + 1] = sealedBytes & 0xff
      start = plaintextEnd + TAG_BYTES
      frameBytes = NOISE_PLAINTEXT_BYTES
    }
    return room.subarray(0, end)
  }

  /** What was sealed last has not been sent yet: its room is not to be used again. */
  giveAway(sealed: Uint8Array): void {
    if (sealed.buffer === this.#small.buffer) this.#small = Buffer.allocUnsafeSlow(SMALL_ROOM_BYTES)
    else if (sealed.buffer === this.#large.buffer) this.#large = Buffer.allocUnsafeSlow(LARGE_ROOM_BYTES)
    else return
    this.#buffers.count(sealed.buffer.byteLength)
  }

  #room(bytes: number, isBorrowed: boolean): Uint8Array {
    if (isBorrowed && bytes <= SMALL_ROOM_BYTES) return this.#small
    if (isBorrowed && bytes <= LARGE_ROOM_BYTES) return this.#large
    this.#buffers.count(bytes)
    return Buffer.allocUnsafe(bytes)
  }
}

/** Puts the plaintext where it is to be encrypted, frame by frame. @returns where the last tag will end */
function fill(room: Uint8Array, pieces: readonly Uint8Array[], firstBytes: number): number {
  let at = LENGTH_BYTES
  let left = firstBytes
  for (const piece of pieces) {
    let rest = piece
    while (rest.length > left) {
      room.set(rest.subarray(0, left), at)
      at += left + OVERHEAD_BYTES
      rest = rest.subarray(left)
      left = NOISE_PLAINTEXT_BYTES
    }
    room.set(rest, at)
    at += rest.length
    left -= rest.length
  }
  return at + TAG_BYTES
}
