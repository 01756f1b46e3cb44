import { FrameDecoder } from '../../../consensus/snappy/snappy-frames.ts'

/** What one more piece of a stream led to. Once `done` or `error`, a decoder is not pushed to again. */
export type DecodeStep<T> =
  | { readonly status: 'need_more' }
  | { readonly status: 'done'; readonly value: T; readonly restBytes: number }
  | { readonly status: 'error'; readonly kind: 'bad_length' | 'bad_frame'; readonly reason: string }

/** Anything bytes can be fed into piece by piece. */
export interface Decoder<T> {
  push(chunk: Uint8Array): DecodeStep<T>
}

const NEED_MORE = { status: 'need_more' } as const
/** A uvarint of 64 bits has at most 10 bytes. */
const MAX_UVARINT_BYTES = 10

/**
 * Decodes uvarint(length) and snappy frames, split anywhere. The length is held against the type's bounds before
 * anything is set aside for it; the frame decoder bounds the frames by that length, padding included.
 */
export class MessageDecoder implements Decoder<Uint8Array> {
  readonly #minBytes: number
  readonly #maxBytes: number
  #length = 0
  #lengthBytes = 0
  #frames: FrameDecoder | undefined

  constructor(minBytes: number, maxBytes: number) {
    this.#minBytes = minBytes
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): DecodeStep<Uint8Array> {
    let at = 0
    while (this.#frames === undefined) {
      const byte = chunk[at]
      if (byte === undefined) return NEED_MORE
      at += 1
      const problem = this.#pushLengthByte(byte)
      if (problem !== undefined) return { status: 'error', kind: 'bad_length', reason: problem }
    }
    const step = this.#frames.push(chunk.subarray(at))
    switch (step.status) {
      case 'need_more':
        return NEED_MORE
      case 'done':
        return { status: 'done', value: step.bytes, restBytes: step.rest.length }
      case 'error':
        return { status: 'error', kind: 'bad_frame', reason: step.reason }
    }
  }

  /** Takes the next byte of the length prefix; the text of the problem when it cannot be right. */
  #pushLengthByte(byte: number): string | undefined {
    this.#length += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes)
    this.#lengthBytes += 1
    if (this.#length > this.#maxBytes) return `length above ${this.#maxBytes}`
    if (byte >= 0x80) return this.#lengthBytes === MAX_UVARINT_BYTES ? 'length prefix does not end' : undefined
    if (byte === 0 && this.#lengthBytes > 1) return 'length prefix is not the shortest'
    if (this.#length < this.#minBytes) return `length ${this.#length} below ${this.#minBytes}`
    this.#frames = new FrameDecoder(this.#length)
    return undefined
  }
}
