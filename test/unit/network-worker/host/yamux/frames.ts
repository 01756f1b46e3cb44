/** Frames made and read by hand, with nothing of the module under test. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly length: number
  readonly data: string
}

export function frame(type: number, flags: number, streamId: number, length: number, data?: Uint8Array): Uint8Array {
  const header = Buffer.alloc(12)
  header[1] = type
  header.writeUInt16BE(flags, 2)
  header.writeUInt32BE(streamId, 4)
  header.writeUInt32BE(length, 8)
  return Buffer.concat([header, data ?? new Uint8Array()])
}

export const dataFrame = (streamId: number, data: Uint8Array, flags = 0): Uint8Array =>
  frame(0, flags, streamId, data.length, data)

/** All frames in some bytes; data as hex. */
export function framesIn(pieces: readonly Uint8Array[]): Frame[] {
  const bytes = Buffer.concat(pieces)
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; ) {
    const type = bytes.readUInt8(at + 1)
    const length = bytes.readUInt32BE(at + 8)
    const end = at + 12 + (type === 0 ? length : 0)
    const data = bytes.subarray(at + 12, end).toString('hex')
    frames.push({ type, flags: bytes.readUInt16BE(at + 2), streamId: bytes.readUInt32BE(at + 4), length, data })
    at = end
  }
  return frames
}

export const SYN = 1
export const ACK = 2
export const FIN = 4
export const RST = 8
