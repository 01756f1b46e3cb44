/** What RLP knows: byte strings, and lists of what RLP knows. */
export type RlpItem = Uint8Array | readonly RlpItem[]

/** Payloads up to this many bytes have their length in the first byte (Ethereum yellow paper, appendix B). */
const SHORT_BYTES = 55
const STRING_OFFSET = 0x80
const LIST_OFFSET = 0xc0

/** The one canonical encoding of `item`. */
export function encodeRlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    const [first = STRING_OFFSET] = item
    return item.length === 1 && first < STRING_OFFSET ? item : withLength(STRING_OFFSET, item)
  }
  return withLength(LIST_OFFSET, Buffer.concat(item.map(encodeRlp)))
}

/** Big-endian, without leading zeros: zero is no byte at all. */
export function integerBytes(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array()
  const digits = value.toString(16)
  return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'))
}

function withLength(offset: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  if (length <= SHORT_BYTES) return Buffer.concat([Uint8Array.of(offset + length), payload])
  const lengthBytes = integerBytes(BigInt(length))
  return Buffer.concat([Uint8Array.of(offset + SHORT_BYTES + lengthBytes.length), lengthBytes, payload])
}
