/** Snappy's block format, in which gossip payloads travel (specs/phase0/p2p-interface.md#encodings). */
import { compressSync } from 'snappy'
import { MAX_PAYLOAD_SIZE } from '../ssz/ssz-bounds.ts'
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
 * Decompresses a snappy block into memory of its own. Lengths are checked before anything is allocated; never throws.
 * @param minBytes shortest result allowed
 * @param maxBytes longest result allowed; never more than MAX_PAYLOAD_SIZE is
 */
export function decompressBlock(compressed: Uint8Array, minBytes: number, maxBytes: number): DecompressResult {
  const lent = decompressLent(compressed, minBytes, maxBytes)
  return lent.ok ? { ok: true, bytes: new Uint8Array(lent.bytes) } : lent
}

/**
 * As `decompressBlock`, but the result is lent: whatever is decompressed next in this thread overwrites it.
 * @param front what the result is to begin with
 */
export function decompressLent(
  compressed: Uint8Array,
  minBytes: number,
  maxBytes: number,
  front: Uint8Array = NO_BYTES,
): DecompressResult {
  const mostBytes = Math.min(maxBytes, MAX_PAYLOAD_SIZE)
  if (compressed.length > maxCompressedLength(mostBytes)) return { ok: false, reason: 'compressed_too_long' }
  const length = snappyUncompressedLength(compressed)
  if (length === undefined) return { ok: false, reason: 'bad_length' }
  if (length > mostBytes) return { ok: false, reason: 'too_long' }
  if (length < minBytes) return { ok: false, reason: 'too_short' }
  const bytes = decodeElements(compressed, headerBytes(compressed), length, front)
  return bytes === undefined ? CORRUPT : { ok: true, bytes }
}

const NO_BYTES = new Uint8Array()
const CORRUPT: DecompressResult = { ok: false, reason: 'corrupt' }

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
