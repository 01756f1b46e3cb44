import { NOISE_PLAINTEXT_BYTES } from '../direct-stream.ts'
import { type CipherState, TAG_BYTES } from './cipher-state.ts'
import { LENGTH_BYTES } from './frame-cutter.ts'

/** Up to this length one array is made of a frame: copying costs less than a write of several. */
const COPIED_BYTES = 8192
const OVERHEAD_BYTES = LENGTH_BYTES + TAG_BYTES

/**
 * What goes to the socket for some plaintext: one frame, or as many as it needs, as arrays to be written together. Nothing
 * of a long plaintext is copied but by the cipher. @throws Error when every nonce has been used
 */
export function seal(
  cipher: CipherState,
  pieces: readonly Uint8Array[],
  plaintextBytes: number,
): readonly Uint8Array[] {
  if (plaintextBytes <= COPIED_BYTES) return [sealShort(cipher, pieces, plaintextBytes)]
  const sealed: Uint8Array[] = []
  let frame: Uint8Array[] = []
  let room = NOISE_PLAINTEXT_BYTES
  for (const piece of pieces) {
    let rest = piece
    while (rest.length > room) {
      frame.push(rest.subarray(0, room))
      rest = rest.subarray(room)
      sealLong(cipher, frame, NOISE_PLAINTEXT_BYTES, sealed)
      frame = []
      room = NOISE_PLAINTEXT_BYTES
    }
    if (rest.length > 0) frame.push(rest)
    room -= rest.length
  }
  if (frame.length > 0) sealLong(cipher, frame, NOISE_PLAINTEXT_BYTES - room, sealed)
  return sealed
}

function sealShort(state: CipherState, pieces: readonly Uint8Array[], plaintextBytes: number): Uint8Array {
  const frame = Buffer.allocUnsafe(plaintextBytes + OVERHEAD_BYTES)
  const end = LENGTH_BYTES + plaintextBytes
  writeLength(frame, plaintextBytes)
  const cipher = state.nextCipher()
  frame.set(cipher.update(joined(frame, pieces, end)), LENGTH_BYTES)
  cipher.final() // nothing is left of a stream cipher
  frame.set(cipher.getAuthTag(), end)
  return frame
}

/** Several pieces are put where the ciphertext will be: one call of the cipher costs more than copying so few bytes. */
function joined(frame: Uint8Array, pieces: readonly Uint8Array[], end: number): Uint8Array {
  const [first] = pieces
  if (pieces.length === 1 && first !== undefined) return first
  let offset = LENGTH_BYTES
  for (const piece of pieces) {
    frame.set(piece, offset)
    offset += piece.length
  }
  return frame.subarray(LENGTH_BYTES, end)
}

function sealLong(state: CipherState, pieces: readonly Uint8Array[], plaintextBytes: number, into: Uint8Array[]): void {
  const cipher = state.nextCipher()
  const length = Buffer.allocUnsafe(LENGTH_BYTES)
  writeLength(length, plaintextBytes)
  into.push(length)
  for (const piece of pieces) into.push(cipher.update(piece))
  cipher.final()
  into.push(cipher.getAuthTag())
}

function writeLength(frame: Uint8Array, plaintextBytes: number): void {
  const sealedBytes = plaintextBytes + TAG_BYTES
  frame[0] = sealedBytes >> 8
  frame[1] = sealedBytes & 0xff
}
