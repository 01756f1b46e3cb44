/**
 * Snappy's block format decoded to where the caller wants it, without a call into a library, which for a vote costs more than
 * the decoding. A block is a varint of the length, then literals, which bring bytes, and copies, which repeat some that are
 * out. Source: format_description.txt of google/snappy.
 */

/** The low two bits of a tag. 3 is a copy whose offset takes four bytes. */
const LITERAL = 0
const COPY_1 = 1
const COPY_2 = 2

/** Longer literals have their length behind the tag, in as many bytes as the tag says. */
const MAX_TAG_LENGTH = 60
/** A copy is no longer. */
const MAX_COPY_BYTES = 64
/** Longer than anything is: of a literal whose length is cut off. */
const NO_LENGTH = 2 ** 33
/** Of a copy whose offset is cut off. The format allows no such offset either. */
const NO_OFFSET = 0
/** What is copied at once. */
const WORD_BYTES = 8
/** Longer literals are copied by the runtime, of which a call costs as much as so many bytes of ours. */
const MAX_WORDS_BYTES = 256

/** Bytes, and the same as words. */
interface Room {
  readonly bytes: Uint8Array
  readonly words: DataView
}

/**
 * Decodes the elements of a block. True when they are well formed and fill the place exactly; if not, anything may be in it.
 * Never throws, and takes time in proportion to both lengths.
 * @param compressed the block
 * @param from where its elements begin: behind the length
 * @param target what is in it behind `end` may be overwritten
 * @param start where the first byte goes; nothing before it is read or written
 * @param end where the place ends, at most `target.length`
 */
export function decodeElements(
  compressed: Uint8Array,
  from: number,
  target: Uint8Array,
  start: number,
  end: number,
): boolean {
  const source = roomOf(compressed)
  const room = roomOf(target)
  const sourceEnd = compressed.length
  let at = from
  let to = start
  while (at < sourceEnd) {
    const tag = compressed[at++] ?? 0
    if ((tag & 3) === LITERAL) {
      const length = literalLength(source.words, at, tag)
      at += lengthBytes(tag)
      if (length > sourceEnd - at || length > end - to) return false
      copyLiteral(source, at, room, to, length)
      at += length
      to += length
    } else {
      const length = copyLength(tag)
      const offset = copyOffset(source.words, at, tag)
      at += offsetBytes(tag)
      if (offset === NO_OFFSET || offset > to - start || length > end - to) return false
      repeat(room, to, offset, length)
      to += length
    }
  }
  return to === end
}

function roomOf(bytes: Uint8Array): Room {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) }
}

function lengthBytes(tag: number): number {
  return Math.max(0, (tag >>> 2) + 1 - MAX_TAG_LENGTH)
}

function literalLength(source: DataView, at: number, tag: number): number {
  const size = lengthBytes(tag)
  if (size === 0) return (tag >>> 2) + 1
  if (source.byteLength - at < size) return NO_LENGTH
  let length = 0
  for (let i = size - 1; i >= 0; i--) length = length * 256 + source.getUint8(at + i)
  return length + 1
}

function copyLength(tag: number): number {
  return (tag & 3) === COPY_1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
}

function copyOffset(source: DataView, at: number, tag: number): number {
  const kind = tag & 3
  const left = source.byteLength - at
  if (kind === COPY_1) return left < 1 ? NO_OFFSET : ((tag & 0xe0) << 3) | source.getUint8(at)
  if (kind === COPY_2) return left < 2 ? NO_OFFSET : source.getUint16(at, true)
  return left < 4 ? NO_OFFSET : source.getUint32(at, true)
}

/** Of copies: 1, 2 or 4. */
function offsetBytes(tag: number): number {
  return 1 << ((tag & 3) - 1)
}

/** By words where there is room for the last one, even if it brings too much: what follows overwrites that. */
function copyLiteral(source: Room, from: number, room: Room, to: number, length: number): void {
  const wordsBytes = length + WORD_BYTES
  if (length > MAX_WORDS_BYTES) {
    room.bytes.set(source.bytes.subarray(from, from + length), to)
  } else if (from + wordsBytes > source.bytes.length || to + wordsBytes > room.bytes.length) {
    for (let i = 0; i < length; i++) room.bytes[to + i] = source.bytes[from + i] ?? 0
  } else copyWords(source.words, from, room.words, to, length)
}

function copyWords(source: DataView, from: number, target: DataView, to: number, length: number): void {
  const distance = from - to
  const end = to + length
  for (let at = to; at < end; at += WORD_BYTES) {
    target.setBigUint64(at, source.getBigUint64(at + distance, true), true)
  }
}

/** What a copy repeats may be what it writes: then the bytes from `offset` back come again and again. */
function repeat({ bytes, words }: Room, to: number, offset: number, length: number): void {
  const end = to + length
  if (to + MAX_COPY_BYTES + WORD_BYTES > bytes.length) repeatBytes(bytes, to, offset, end)
  else if (offset >= WORD_BYTES) copyWords(words, to - offset, words, to, length)
  else if (offset === 1) {
    const period = Math.imul(bytes[to - 1] ?? 0, 0x01010101)
    for (let at = to; at < end; at += 4) words.setInt32(at, period, true)
  } else repeatBytes(bytes, to, offset, end)
}

function repeatBytes(bytes: Uint8Array, to: number, offset: number, end: number): void {
  for (let at = to; at < end; at++) bytes[at] = bytes[at - offset] ?? 0
}
