import { MAX_ERROR_BYTES, RESULT_CODE } from '../protocols.ts'
import { type Decoder, type DecodeStep, MessageDecoder } from './message-decoder.ts'

export interface ResponseChunk {
  readonly resultCode: number
  /** SSZ bytes on success, else the error text. */
  readonly bytes: Uint8Array
}

/** Decodes one response chunk: on success exactly `sszBytes`, on any other result an error text of up to 256 bytes. */
export class ResponseDecoder implements Decoder<ResponseChunk> {
  readonly #sszBytes: number
  #resultCode: number | undefined
  #message: MessageDecoder | undefined

  constructor(sszBytes: number) {
    this.#sszBytes = sszBytes
  }

  /** Known from the first byte on: an answer that ends after it still says what it was. */
  get resultCode(): number | undefined {
    return this.#resultCode
  }

  push(chunk: Uint8Array): DecodeStep<ResponseChunk> {
    const resultCode = this.#resultCode ?? chunk[0]
    if (resultCode === undefined) return { status: 'need_more' }
    const body = this.#resultCode === undefined ? chunk.subarray(1) : chunk
    this.#resultCode = resultCode
    this.#message ??=
      resultCode === RESULT_CODE.success
        ? new MessageDecoder(this.#sszBytes, this.#sszBytes)
        : new MessageDecoder(0, MAX_ERROR_BYTES)
    const step = this.#message.push(body)
    return step.status === 'done' ? { ...step, value: { resultCode, bytes: step.value } } : step
  }
}
