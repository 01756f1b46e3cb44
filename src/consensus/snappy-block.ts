/** Snappy's block format, in which gossip payloads travel (specs/phase0/p2p-interface.md#encodings). */
import { compressSync, uncompressSync } from 'snappy'
import { decodeElements } from './snappy-decode.ts'

export type DecompressReason = 'too_short' | 'too_long' | 'bad_length' | 'corrupt' | 'compressed_too_long'
export type DecompressResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: DecompressReason }

/**
 * Results are copied into memory that V8 allocates: handing over the library's own costs 7 times as much at 45 kB, and
 * 15 times at 150 kB, for the pages that are mapped and returned each time.
 */
const COPY = { copyOutputData: true }

/**
 * Up to this length blocks are decoded here, whatever is in them: a call of the library costs 1.3 µs in a loop, and 50 after
 * a pause of some milliseconds. At 3 kB ours is quicker in both cases, at 120 kB the library is in a loop.
 */
const MAX_OWN_BYTES = 8192
/** A block that saves less than one byte in so many counts as incompressible. */
const INCOMPRESSIBLE_PART = 32

/** The header's length is an unsigned 32-bit integer: at most 5 bytes of varint. */
const MAX_HEADER_BYTES = 5

/** max_compressed_len of the specs: the most that a snappy encoder makes of `uncompressedBytes`. */
export function maxCompressedLength(uncompressedBytes: number): number {
  return 32 + uncompressedBytes + Math.floor(uncompressedBytes / 6)
}

/** The uncompressed length that the block's header announces; undefined when there is no valid header. */
export function snappyUncompressedLength(compressed: Uint8Array): number | undefined {
  let length = 0
  for (let i = 0; i < MAX_HEADER_BYTES; i++) {
    const byte = compressed[i]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return length < 2 ** 32 ? length : undefined
  }
  return undefined
}

/** The view without Buffer's own methods, in memory of its own, so that it may be transferred to another thread. */
function ownBytes(buffer: Buffer): Uint8Array {
  if (buffer.byteLength !== buffer.buffer.byteLength) return new Uint8Array(buffer)
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/**
 * Decompresses a snappy block. Lengths are checked before anything is allocated; never throws.
 * @param minBytes shortest result allowed
 * @param maxBytes longest result allowed
 * @param roomFor called for what is decoded here and not by the library, with the length of the result, which becomes the
 * end of the room that it gives; nothing before it is touched. Without it results have memory of their own.
 */
export function decompressBlock(
  compressed: Uint8Array,
  minBytes: number,
  maxBytes: number,
  roomFor: (lengthBytes: number) => Uint8Array = ownRoom,
): DecompressResult {
  if (compressed.length > maxCompressedLength(maxBytes)) return { ok: false, reason: 'compressed_too_long' }
  const length = snappyUncompressedLength(compressed)
  if (length === undefined) return { ok: false, reason: 'bad_length' }
  if (length > maxBytes) return { ok: false, reason: 'too_long' }
  if (length < minBytes) return { ok: false, reason: 'too_short' }
  const bytes = isOwnWork(compressed, length)
    ? decodeHere(compressed, length, roomFor(length))
    : decodeByLibrary(compressed, length)
  return bytes === undefined ? CORRUPT : { ok: true, bytes }
}

const CORRUPT: DecompressResult = { ok: false, reason: 'corrupt' }

/**
 * Of incompressible bytes there is one literal in 64 kB and little to decode: our own decoder copies them to where they go.
 * Other long blocks the library decodes in half the time, which is more than its call and its memory cost: those too that are
 * longer than any encoder makes them, of a million literals of one byte.
 */
function isOwnWork(compressed: Uint8Array, length: number): boolean {
  return length <= MAX_OWN_BYTES || Math.abs(compressed.length - length) < length / INCOMPRESSIBLE_PART
}

function decodeHere(compressed: Uint8Array, length: number, room: Uint8Array): Uint8Array | undefined {
  const start = room.length - length
  if (!decodeElements(compressed, headerBytes(compressed), room, start, room.length)) return undefined
  return start === 0 ? room : room.subarray(start)
}

function decodeByLibrary(compressed: Uint8Array, length: number): Uint8Array | undefined {
  try {
    const bytes = ownBytes(uncompressSync(compressed, COPY) as Buffer)
    return bytes.length === length ? bytes : undefined
  } catch {
    return undefined
  }
}

function ownRoom(lengthBytes: number): Uint8Array {
  return new Uint8Array(lengthBytes)
}

/** Of a header that is valid. */
function headerBytes(compressed: Uint8Array): number {
  let at = 0
  while ((compressed[at] ?? 0) >= 0x80) at++
  return at + 1
}

/** One snappy block of `bytes`. */
export function compressBlock(bytes: Uint8Array): Uint8Array {
  return ownBytes(compressSync(bytes, COPY))
}
