/** Wire types of protobuf (encoding, "Message Structure"); groups, 3 and 4, are of no message we know. */
const VARINT = 0
const FIXED_64 = 1
export const LENGTH_DELIMITED = 2
const FIXED_32 = 5
/** A varint of 64 bits has ten bytes at most. */
const MAX_VARINT_BYTES = 10
/** Bits that four of its bytes hold: what most varints have is read as a small integer. */
const SHORT_VARINT_BITS = 28
/** Field numbers have 29 bits, and three more say the type. */
const MAX_TAG = 2 ** 32 - 1

/** Bytes that are no protobuf message: made once, since a stack for each would be a gift to whoever sends them. */
const MALFORMED = new Error('not a protobuf message')

/** What stands before a field of that number and type. */
export function tagOf(field: number, type = LENGTH_DELIMITED): number {
  return field * 8 + type
}

/**
 * Reads the fields of one protobuf message where they are, without copying. Stricter than the library's reader, which
 * lets a field run past the end of the message that it is in, and takes a tag or a length for its low 32 bits.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array
  /** Where the next byte is read. */
  at: number
  /** One past the last byte of the message that is read now. */
  end: number

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.at = 0
    this.end = bytes.length
  }

  /**
   * Enters a message within this one, of which the length comes next. @returns the end to be set again after it
   * @throws Error when it is longer than what is left
   */
  enter(): number {
    const outerEnd = this.end
    const length = this.varint()
    if (this.at + length > outerEnd) throw MALFORMED
    this.end = this.at + length
    return outerEnd
  }

  /** A varint: exact below 2⁵³, and at least 2⁵³ above, so that none is taken for another. @throws Error when there is none */
  varint(): number {
    const { bytes, end } = this
    let value = 0
    for (let shift = 0; shift < SHORT_VARINT_BITS && this.at < end; shift += 7) {
      const byte = bytes[this.at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    return this.#longVarint(value)
  }

  /**
   * Passes over a length-delimited field. @returns where its bytes begin; they end where the next byte is read
   * @throws Error when it is longer than what is left
   */
  span(): number {
    const length = this.varint()
    const start = this.at
    if (start + length > this.end) throw MALFORMED
    this.at = start + length
    return start
  }

  /** The bytes of a length-delimited field, as a view. @throws Error when it is longer than what is left */
  view(): Uint8Array {
    const start = this.span()
    return this.bytes.subarray(start, this.at)
  }

  /** Passes over a field of a tag. @throws Error when it is longer than what is left, or of no type or number that there is */
  skip(tag: number): void {
    if (tag > MAX_TAG) throw MALFORMED
    switch (tag & 7) {
      case VARINT:
        this.varint()
        return
      case FIXED_64:
        this.#pass(8)
        return
      case LENGTH_DELIMITED:
        this.#pass(this.varint())
        return
      case FIXED_32:
        this.#pass(4)
        return
      default:
        throw MALFORMED
    }
  }

  /** Of which four bytes were read. Apart, so that the others are no matter of floating point. */
  #longVarint(begun: number): number {
    let value = begun
    for (let count = SHORT_VARINT_BITS / 7; count < MAX_VARINT_BYTES && this.at < this.end; count++) {
      const byte = this.bytes[this.at++] ?? 0
      value += (byte & 0x7f) * 2 ** (7 * count)
      if (byte < 0x80) return value
    }
    throw MALFORMED
  }

  #pass(bytes: number): void {
    if (this.at + bytes > this.end) throw MALFORMED
    this.at += bytes
  }
}
