import type { Stream } from '@libp2p/interface'
import type { ReadDirectly } from '../../host/streams/readable-side.ts'
import { FrameReader } from './frame-reader.ts'
import type { MessageRooms } from './message-rooms.ts'

export interface InboundFramesOptions {
  /** Longest frame. */
  readonly maxBytes: number
  /** `startedAtMs`: when the first bytes of the frame came. True: nobody looks at it any more. */
  readonly onFrame: (frame: Uint8Array, startedAtMs: number) => boolean | undefined
  readonly rooms?: MessageRooms
  /** Monotonic. */
  readonly nowMs: () => number
  /** Once: a length that is none, or a stream that broke. Nothing is read after it. */
  readonly onError: (error: Error) => void
}

/** What streams of our own muxers offer beside libp2p's interface (host/streams/readable-side.ts). */
interface DirectlyRead {
  readDirectly(reader: ReadDirectly | undefined): void
}

function isReadDirectly(stream: object): stream is DirectlyRead {
  return 'readDirectly' in stream && typeof stream.readDirectly === 'function'
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
    this.#reader = new FrameReader(options)
    stream.addEventListener('close', this.#onClose)
    if (isReadDirectly(stream)) stream.readDirectly(this.#read)
    else stream.addEventListener('message', this.#onMessage)
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

  readonly #onMessage = ({ data }: { readonly data: { subarray(): Uint8Array } }): void => {
    this.#read(data.subarray(), false)
  }

  readonly #read: ReadDirectly = (bytes, isLent) => {
    if (this.#isOver) return
    try {
      this.#reader.push(bytes, isLent)
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
    if (isReadDirectly(this.rawStream)) this.rawStream.readDirectly(undefined)
    else this.rawStream.removeEventListener('message', this.#onMessage)
    this.rawStream.removeEventListener('close', this.#onClose)
  }
}
