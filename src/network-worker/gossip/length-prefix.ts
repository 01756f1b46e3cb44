/** Bytes of a number as an unsigned varint: seven bits to a byte, so that a 32-bit length needs at most five. */
export function varintLength(value: number): number {
  let length = 1
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) length++
  return length
}

/** The bytes of one gossip RPC as they go on the stream: unsigned varint of the length, then the RPC. One new buffer. */
export function prefixWithLength(rpc: Uint8Array): Uint8Array {
  const headerBytes = varintLength(rpc.length)
  const frame = new Uint8Array(headerBytes + rpc.length)
  let left = rpc.length
  for (let i = 0; i < headerBytes; i++) {
    frame[i] = (left % 0x80) | (i < headerBytes - 1 ? 0x80 : 0)
    left = Math.floor(left / 0x80)
  }
  frame.set(rpc, headerBytes)
  return frame
}
