import { FRAME_TYPE, HEADER_BYTES, VERSION } from './frame.ts'
import { YamuxProtocolError } from './yamux-error.ts'

/** What a decoder tells of the frames it finds. Whatever its methods throw comes out of `push`. */
export interface FrameSink {
  /**
   * A whole header. Of a data frame nothing has been kept yet: this is where one that is too long is refused.
   * @param length see `HeaderWriter.write`
   */
  onHeader(type: number, flags: number, streamId: number, length: number): void
  /** The next bytes of the last data frame's payload: a view of what was pushed, as long-lived as that, never empty. */
  onPayload(bytes: Uint8Array): void
  /** The last data frame is whole; told of empty ones too. */
  onDataEnd(): void
}

/** Reads 32 bits, big-endian. */
function uint32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  const low = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  return high * 0x10000 + low
}

/**
 * Finds frames in bytes that come in stretches of any length. Holds at most one unfinished header: payloads are passed
 * on as they come, whole frame or not.
 */
export class FrameDecoder {
  readonly #sink: FrameSink
  readonly #partial = new Uint8Array(HEADER_BYTES)
  #partialBytes = 0
  #payloadLeft = 0
  #isStopped = false

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** Nothing is told of any more, not even of bytes that are being pushed. */
  stop(): void {
    this.#isStopped = true
  }

  /** @throws YamuxProtocolError for a frame that is none, and what the sink throws */
  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && !this.#isStopped) {
      if (this.#payloadLeft > 0) at = this.#payload(bytes, at)
      else if (this.#partialBytes > 0 || bytes.length - at < HEADER_BYTES) at = this.#pieceOfHeader(bytes, at)
      else {
        this.#header(bytes, at)
        at += HEADER_BYTES
      }
    }
  }

  #payload(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#payloadLeft)
    this.#payloadLeft -= end - at
    this.#sink.onPayload(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    if (this.#payloadLeft === 0) this.#sink.onDataEnd()
    return end
  }

  #pieceOfHeader(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + HEADER_BYTES - this.#partialBytes)
    this.#partial.set(bytes.subarray(at, end), this.#partialBytes)
    this.#partialBytes += end - at
    if (this.#partialBytes === HEADER_BYTES) {
      this.#partialBytes = 0
      this.#header(this.#partial, 0)
    }
    return end
  }

  #header(bytes: Uint8Array, at: number): void {
    const type = bytes[at + 1] ?? 0
    if (bytes[at] !== VERSION) throw new YamuxProtocolError(`version ${bytes[at]}`)
    if (type > FRAME_TYPE.goAway) throw new YamuxProtocolError(`frame type ${type}`)
    const flags = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const streamId = uint32(bytes, at + 4)
    const length = uint32(bytes, at + 8)
    const isOfSession = type === FRAME_TYPE.ping || type === FRAME_TYPE.goAway
    if (isOfSession !== (streamId === 0)) throw new YamuxProtocolError(`frame type ${type} for stream ${streamId}`)
    this.#sink.onHeader(type, flags, streamId, length)
    if (type !== FRAME_TYPE.data) return
    this.#payloadLeft = length
    if (length === 0) this.#sink.onDataEnd()
  }
}
