/** Bytes of a number as an unsigned varint: seven bits to a byte, so that a 32-bit length needs at most five. */
export function varintLength(value: number): number {
  let length = 1
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) length++
  return length
}

/** Writes a number as an unsigned varint. @returns where it ends */
export function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start
  let left = value
  while (left >= 0x80) {
    target[at++] = (left % 0x80) | 0x80
    left = Math.floor(left / 0x80)
  }
  target[at++] = left
  return at
}

/** The bytes of one gossip RPC as they go on the stream: unsigned varint of the length, then the RPC. One new buffer. */
export function prefixWithLength(rpc: Uint8Array): Uint8Array {
  return joinRpcs([rpc])
}

/**
 * Several RPCs as one, with its length before it. An RPC is a protobuf message, and such messages one after the other are
 * one that has the repeated fields of all (protobuf's encoding, "Last One Wins" and repeated fields): meant for RPCs that
 * have nothing but messages.
 */
export function joinRpcs(rpcs: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const rpc of rpcs) length += rpc.length
  const headerBytes = varintLength(length)
  // From Buffer's pool, as a plain array: it is written whole.
  const { buffer, byteOffset } = Buffer.allocUnsafe(headerBytes + length)
  const frame = new Uint8Array(buffer, byteOffset, headerBytes + length)
  let offset = writeVarint(frame, 0, length)
  for (const rpc of rpcs) {
    frame.set(rpc, offset)
    offset += rpc.length
  }
  return frame
}
