import { tagOf } from '../../../shared/protobuf-reader.ts'

function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return [...bytes, left]
}

/** A field of bytes as it stands in a protobuf message: tag, length, bytes. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from([...varint(tagOf(number)), ...varint(value.length)]), value])
}
