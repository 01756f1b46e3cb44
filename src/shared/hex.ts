/** Lower-case hex without prefix. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Lower-case hex with `0x`. */
export function to0xHex(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`
}

/**
 * Bytes of a hex string, with or without `0x`.
 * @throws Error when it is not an even number of hex digits, or not `lengthBytes` long when that is given
 */
export function fromHex(text: string, lengthBytes?: number): Uint8Array {
  const digits = text.startsWith('0x') ? text.slice(2) : text
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) throw new Error(`not hex: ${text.slice(0, 80)}`)
  const bytes = new Uint8Array(Buffer.from(digits, 'hex'))
  if (lengthBytes !== undefined && bytes.length !== lengthBytes) {
    throw new Error(`expected ${lengthBytes} bytes of hex, got ${bytes.length}`)
  }
  return bytes
}
