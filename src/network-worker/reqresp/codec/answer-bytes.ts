import type { Decoder, DecodeStep } from './message-decoder.ts'

const NEED_MORE = { status: 'need_more' } as const

/** Counts an answer of any number of chunks and keeps nothing of it; it is over when the peer ends it. */
export class AnswerBytes implements Decoder<never> {
  readonly #maxBytes: number
  #bytes = 0
  #resultCode: number | undefined

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Of the first chunk: a peer that refuses says nothing else. */
  get resultCode(): number | undefined {
    return this.#resultCode
  }

  push(piece: Uint8Array): DecodeStep<never> {
    this.#resultCode ??= piece[0]
    this.#bytes += piece.length
    if (this.#bytes <= this.#maxBytes) return NEED_MORE
    return { status: 'error', kind: 'bad_length', reason: `more than ${this.#maxBytes} bytes` }
  }
}
