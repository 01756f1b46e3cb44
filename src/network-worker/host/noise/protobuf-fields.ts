/** As much of protobuf's wire format as a noise handshake needs: fields that are bytes, and how to pass by all others. */

/** Wire types (protobuf's encoding, "Message Structure"). */
const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5
/** Of a 64-bit number, seven bits to a byte. */
const MAX_VARINT_BYTES = 10

export interface BytesField {
  readonly number: number
  /** A view of the message. */
  readonly value: Uint8Array
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return [...bytes, left]
}

/** A field as it stands in a message: tag, length, bytes. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from([...varint(number * 8 + BYTES), ...varint(value.length)]), value])
}

/** The fields of a message that are bytes, in order; others are passed by. @throws Error when it is not a message */
export function readFields(message: Uint8Array): readonly BytesField[] {
  const fields: BytesField[] = []
  let offset = 0

  function readVarint(): number {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = message[offset++]
      if (byte === undefined) break
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new Error('a number without an end')
  }

  function take(length: number): Uint8Array {
    if (length > message.length - offset) throw new Error('a field that is longer than its message')
    offset += length
    return message.subarray(offset - length, offset)
  }

  while (offset < message.length) {
    const tag = readVarint()
    const type = tag % 8
    if (type === BYTES) fields.push({ number: Math.floor(tag / 8), value: take(readVarint()) })
    else if (type === VARINT) readVarint()
    else if (type === FIXED_64) take(8)
    else if (type === FIXED_32) take(4)
    else throw new Error(`a field of type ${type}`)
  }
  return fields
}
