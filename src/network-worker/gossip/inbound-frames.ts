import type { Stream } from '@libp2p/interface'
import { FrameReader } from './frame-reader.ts'

export interface InboundFramesOptions {
  /** Longest frame. */
  readonly maxBytes: number
  /** `startedAtMs`: when the first bytes of the frame came. */
  readonly onFrame: (frame: Uint8Array, startedAtMs: number) => void
  /** Monotonic. */
  readonly nowMs: () => number
  /** Once: a length that is none, or a stream that broke. Nothing is read after it. */
  readonly onError: (error: Error) => void
}

/**
 * Reads a peer's gossip stream, frame by frame, in the turns in which bytes come. In place of upstream's asynchronous
 * iterators, whose promises cost as much for each message as its decoding.
 */
export class InboundFrames {
  readonly rawStream: Stream
  readonly #options: InboundFramesOptions
  readonly #reader: FrameReader
  #isOver = false

  constructor(stream: Stream, options: InboundFramesOptions) {
    this.rawStream = stream
    this.#options = options
    this.#reader = new FrameReader(options.maxBytes, options.onFrame, options.nowMs)
    stream.addEventListener('close', this.#onClose)
    stream.addEventListener('message', this.#onBytes)
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#end()
    try {
      await this.rawStream.close()
    } catch (error) {
      this.rawStream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  readonly #onBytes = ({ data }: { readonly data: { subarray(): Uint8Array } }): void => {
    if (this.#isOver) return
    try {
      this.#reader.push(data.subarray())
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  readonly #onClose = ({ error }: { readonly error?: Error }): void => {
    if (error === undefined) this.#end()
    else this.#fail(error)
  }

  #fail(error: Error): void {
    if (this.#isOver) return
    this.#end()
    this.#options.onError(error)
  }

  #end(): void {
    this.#isOver = true
    this.rawStream.removeEventListener('message', this.#onBytes)
    this.rawStream.removeEventListener('close', this.#onClose)
  }
}
