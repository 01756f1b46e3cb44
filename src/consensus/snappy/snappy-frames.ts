/**
 * Snappy's framing format, in which Req/Resp payloads travel (specs/phase0/p2p-interface.md#encoding-strategies;
 * framing_format.txt of google/snappy). The decoder takes chunks as the stream delivers them and never holds more than
 * one frame and what it has decoded, both bounded by the announced length.
 */
import { crc32c } from '@node-rs/crc32'
import { compressBlock, decompressBlock, maxCompressedLength } from './snappy-block.ts'

const STREAM_IDENTIFIER = Uint8Array.of(0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)
const HEADER_BYTES = 4
const CRC_BYTES = 4
/** The most uncompressed bytes of one frame. */
const MAX_FRAME_DATA_BYTES = 65_536

const COMPRESSED = 0x00
const UNCOMPRESSED = 0x01
/** 0x02 to 0x7f are reserved and must not be skipped; 0x80 to 0xfe (padding) must. */
const FIRST_SKIPPABLE = 0x80
const IDENTIFIER = 0xff

/** The masked CRC32C of framing_format.txt §3. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

function frame(type: number, crc: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES + CRC_BYTES + data.length)
  bytes.writeUInt8(type, 0)
  bytes.writeUIntLE(CRC_BYTES + data.length, 1, 3)
  bytes.writeUInt32LE(crc, HEADER_BYTES)
  bytes.set(data, HEADER_BYTES + CRC_BYTES)
  return bytes
}

/** `bytes` in frames, stream identifier first. Nothing for an empty payload, which Req/Resp never frames. */
export function encodeFrames(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return new Uint8Array(0)
  const parts: Uint8Array[] = [STREAM_IDENTIFIER]
  for (let start = 0; start < bytes.length; start += MAX_FRAME_DATA_BYTES) {
    const data = bytes.subarray(start, start + MAX_FRAME_DATA_BYTES)
    const crc = maskedCrc(data)
    const compressed = compressBlock(data)
    const pays = compressed.length < data.length
    parts.push(pays ? frame(COMPRESSED, crc, compressed) : frame(UNCOMPRESSED, crc, data))
  }
  return concat(parts)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const bytes = new Uint8Array(total)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

export type FrameError =
  | 'no_stream_identifier'
  | 'bad_stream_identifier'
  | 'reserved_frame'
  | 'bad_frame_length'
  | 'too_many_bytes'
  | 'corrupt_frame'
  | 'bad_checksum'
  | 'after_end'

export type FrameResult =
  | { readonly status: 'need_more' }
  | { readonly status: 'done'; readonly bytes: Uint8Array; readonly rest: Uint8Array }
  | { readonly status: 'error'; readonly reason: FrameError }

const NEED_MORE: FrameResult = { status: 'need_more' }

/** What a header allows its body to be; undefined when the length is fine. */
function bodyLengthError(type: number, length: number): FrameError | undefined {
  if (type === IDENTIFIER) return length === 6 ? undefined : 'bad_stream_identifier'
  if (type >= FIRST_SKIPPABLE) return undefined
  if (type !== COMPRESSED && type !== UNCOMPRESSED) return 'reserved_frame'
  const maxData = type === COMPRESSED ? maxCompressedLength(MAX_FRAME_DATA_BYTES) : MAX_FRAME_DATA_BYTES
  return length >= CRC_BYTES && length <= CRC_BYTES + maxData ? undefined : 'bad_frame_length'
}

/**
 * Decodes one framed payload of a known length. `push` takes the stream's chunks in order, cut anywhere, and keeps no
 * reference to them; it is `done` as soon as the announced bytes are there, and `rest` (a view into the last chunk) is
 * what follows them. An announced length of 0 is `done` at the first push, all of which is `rest`: no client frames an
 * empty payload. After `done` or `error` every push is an error. Nothing throws.
 */
export class FrameDecoder {
  readonly #maxBytes: number
  /** Left of the compressed bytes that a payload of this length may take, frame headers included. */
  #budgetBytes: number
  #decodedBytes = 0
  /** Bounded by the budget: each part cost at least its frame's 8 bytes. */
  readonly #parts: Uint8Array[] = []
  #seenIdentifier = false
  #finished: FrameError | undefined

  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerFilled = 0
  #bodyLength = 0
  #body: Uint8Array | undefined
  #bodyFilled = 0

  /** @param maxBytes the announced SSZ length, already checked against the type's bound */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#budgetBytes = maxCompressedLength(maxBytes)
  }

  push(chunk: Uint8Array): FrameResult {
    if (this.#finished !== undefined) return { status: 'error', reason: this.#finished }
    let offset = 0
    while (this.#decodedBytes < this.#maxBytes) {
      if (offset === chunk.length) return NEED_MORE
      const step = this.#headerFilled < HEADER_BYTES ? this.#readHeader(chunk, offset) : this.#readBody(chunk, offset)
      if (typeof step === 'string') return this.#fail(step)
      offset += step
    }
    this.#finished = 'after_end'
    const [only] = this.#parts
    const bytes = this.#parts.length === 1 && only !== undefined ? only : concat(this.#parts)
    return { status: 'done', bytes, rest: chunk.subarray(offset) }
  }

  #fail(reason: FrameError): FrameResult {
    this.#finished = reason
    this.#body = undefined
    this.#parts.length = 0
    return { status: 'error', reason }
  }

  /** Takes what it can of a header. Answers how many bytes it took, or what is wrong. */
  #readHeader(chunk: Uint8Array, offset: number): number | FrameError {
    const taken = chunk.subarray(offset, offset + HEADER_BYTES - this.#headerFilled)
    this.#header.set(taken, this.#headerFilled)
    this.#headerFilled += taken.length
    if (this.#headerFilled < HEADER_BYTES) return taken.length
    const error = this.#startBody()
    return error ?? taken.length
  }

  #startBody(): FrameError | undefined {
    const [type = 0, low = 0, middle = 0, high = 0] = this.#header
    this.#bodyLength = low | (middle << 8) | (high << 16)
    this.#bodyFilled = 0
    this.#body = undefined
    if (!this.#seenIdentifier && type !== IDENTIFIER) return 'no_stream_identifier'
    const error = bodyLengthError(type, this.#bodyLength)
    if (error !== undefined) return error
    this.#budgetBytes -= HEADER_BYTES + this.#bodyLength
    if (this.#budgetBytes < 0) return 'too_many_bytes'
    // An empty body has no byte that would bring it to #readBody.
    if (this.#bodyLength === 0) this.#headerFilled = 0
    return undefined
  }

  /** Takes what it can of a body, and decodes it when it is whole. */
  #readBody(chunk: Uint8Array, offset: number): number | FrameError {
    const taken = chunk.subarray(offset, offset + this.#bodyLength - this.#bodyFilled)
    const isWhole = this.#bodyFilled + taken.length === this.#bodyLength
    const isSkipped = this.#type >= FIRST_SKIPPABLE && this.#type !== IDENTIFIER
    let body = taken
    if (!isSkipped && taken.length < this.#bodyLength) {
      // Filled in place: joining pieces anew at each push would let a peer of one-byte chunks burn our time.
      this.#body ??= new Uint8Array(this.#bodyLength)
      this.#body.set(taken, this.#bodyFilled)
      body = this.#body
    }
    this.#bodyFilled += taken.length
    if (!isWhole) return taken.length
    this.#headerFilled = 0
    this.#body = undefined
    const error = isSkipped ? undefined : this.#decode(body)
    return error ?? taken.length
  }

  get #type(): number {
    return this.#header[0] ?? 0
  }

  #decode(body: Uint8Array): FrameError | undefined {
    if (this.#type === IDENTIFIER) {
      this.#seenIdentifier = true
      return body.every((byte, i) => byte === STREAM_IDENTIFIER[HEADER_BYTES + i]) ? undefined : 'bad_stream_identifier'
    }
    const data = body.subarray(CRC_BYTES)
    const decoded = this.#type === COMPRESSED ? this.#uncompress(data) : this.#copy(data)
    if (typeof decoded === 'string') return decoded
    const crc = new DataView(body.buffer, body.byteOffset, CRC_BYTES).getUint32(0, true)
    if (crc !== maskedCrc(decoded)) return 'bad_checksum'
    if (decoded.length > 0) this.#parts.push(decoded)
    this.#decodedBytes += decoded.length
    return undefined
  }

  get #room(): number {
    return Math.min(MAX_FRAME_DATA_BYTES, this.#maxBytes - this.#decodedBytes)
  }

  #uncompress(data: Uint8Array): Uint8Array | FrameError {
    const result = decompressBlock(data, 0, this.#room)
    if (result.ok) return result.bytes
    return result.reason === 'too_long' || result.reason === 'compressed_too_long' ? 'too_many_bytes' : 'corrupt_frame'
  }

  #copy(data: Uint8Array): Uint8Array | FrameError {
    return data.length > this.#room ? 'too_many_bytes' : new Uint8Array(data)
  }
}
