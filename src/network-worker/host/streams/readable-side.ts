import {
  type EventHandler,
  type MessageStreamEvents,
  type MessageStreamReadStatus,
  type MessageStreamStatus,
  type MessageStreamTimeline,
  type Stream,
  StreamBufferError,
  StreamMessageEvent,
  StreamStateError,
  TypedEventEmitter,
} from '@libp2p/interface'
import { UnreadBytes } from './unread-bytes.ts'

/** Bytes as libp2p's interfaces hand them over: an array, or a list of arrays. */
export type Bytes = Parameters<Stream['send']>[0]

/** Takes bytes in order. Those that are lent are others' when it returns. */
export type ReadDirectly = (bytes: Uint8Array, isLent: boolean) => void

/** What may be pushed onto a stream and wait there, unless the stream is told otherwise; libp2p's own default. */
const MAX_READ_BUFFER_BYTES = 4 * 1024 * 1024

/**
 * The reading half of a stream. Bytes go to the listeners of 'message' in the turn in which they come; what comes while
 * there is no listener, or while the stream is paused, waits, and only what was read may be sent again.
 * Statuses and events are those of libp2p's MessageStream.
 */
export abstract class ReadableSide extends TypedEventEmitter<MessageStreamEvents> {
  status: MessageStreamStatus = 'open'
  readStatus: MessageStreamReadStatus = 'readable'
  remoteWriteStatus: 'writable' | 'closing' | 'closed' = 'writable'
  readonly timeline: MessageStreamTimeline = { open: Date.now() }
  maxReadBufferLength = MAX_READ_BUFFER_BYTES
  readonly #unread = new UnreadBytes()
  #reader: ReadDirectly | undefined
  /** Wakes the one who iterates. */
  #wake: (() => void) | undefined
  #hasEnded = false

  /** Ends the stream at once. */
  abstract abort(error: Error): void
  /** Bytes from the wire wait for a reader. May abort the stream. */
  protected abstract onHeld(bytes: number): void
  /** Bytes that had waited do so no more. */
  protected abstract onReleased(bytes: number): void
  /** Bytes were read, or thrown away: they may be sent again. */
  protected abstract onTaken(bytes: number): void
  /** Bytes were put back, to be read again. */
  protected abstract onPutBack(bytes: number): void

  get readBufferLength(): number {
    return this.#unread.bytes
  }

  get readableEnded(): boolean {
    return this.#hasEnded
  }

  /** Stops the 'message' events; the other side can send one window more. @throws StreamStateError when closed */
  pause(): void {
    this.#assertReadable('pause')
    this.readStatus = 'paused'
  }

  /** Starts them again, with what came meanwhile. @throws StreamStateError when closed */
  resume(): void {
    this.#assertReadable('resume')
    if (this.readStatus === 'readable') return
    this.readStatus = 'readable'
    this.#deliverUnread()
    this.#wake?.()
  }

  /** Adds bytes behind those that wait, as if they had come. @throws StreamStateError when closed */
  push(data: Bytes): void {
    this.#assertReadable('push onto')
    for (const piece of piecesOf(data)) this.#unread.push(new Uint8Array(piece))
    this.#onPushed(data.byteLength)
  }

  /** Puts bytes before those that wait, to be read once more. @throws StreamStateError when closed */
  unshift(data: Bytes): void {
    this.#assertReadable('unshift onto')
    this.#unread.unshift(data.subarray())
    this.#hasEnded = false
    this.#onPushed(data.byteLength)
  }

  /** Throws away what comes from now on; the other side is not told. */
  async closeRead(): Promise<void> {
    if (this.readStatus === 'closing' || this.readStatus === 'closed') return
    this.readStatus = 'closed'
    this.discardUnread()
    this.dispatchEndOnce()
    this.#wake?.()
  }

  /**
   * From now on bytes go to `reader`, without an event, and without a copy for whoever might keep them; there is no listener to
   * 'message' beside it. Undefined: to nobody again. What the reader throws may end the connection.
   */
  readDirectly(reader: ReadDirectly | undefined): void {
    this.#reader = reader
    if (this.#unread.bytes > 0) queueMicrotask(() => this.#deliverUnread())
  }

  override addEventListener<K extends keyof MessageStreamEvents>(
    type: K,
    listener: EventHandler<MessageStreamEvents[K]> | null,
    options?: Parameters<EventTarget['addEventListener']>[2],
  ): void {
    super.addEventListener(type, listener, options)
    // Later, because listeners are added by constructors that are not finished.
    if (type === 'message' && this.#unread.bytes > 0) queueMicrotask(() => this.#deliverUnread())
  }

  /** What comes, at the reader's pace: while nobody asks for more it waits. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let error: Error | undefined
    const onEnd = (event: Event & { readonly error?: Error }): void => {
      error ??= event.error
      this.#wake?.()
    }
    this.addEventListener('close', onEnd)
    this.addEventListener('remoteCloseWrite', onEnd)
    try {
      while (this.readStatus === 'readable' || this.readStatus === 'paused' || error !== undefined) {
        if (error !== undefined) throw error
        const piece = this.readStatus === 'readable' ? this.#shift() : undefined
        if (piece !== undefined) {
          this.onTaken(piece.length)
          this.dispatchEndOnce()
          yield piece
        } else if (this.remoteWriteStatus === 'closed' && this.#unread.bytes === 0) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.#wake = undefined
      this.removeEventListener('close', onEnd)
      this.removeEventListener('remoteCloseWrite', onEnd)
    }
  }

  /**
   * Bytes of a data frame, not all of it perhaps.
   * @param isLent they are others' when it returns
   */
  protected receive(bytes: Uint8Array, isLent = false): void {
    if (this.readStatus === 'closing' || this.readStatus === 'closed') {
      this.onTaken(bytes.length)
      return
    }
    if (this.#unread.bytes === 0 && this.#isHeard) {
      this.#hand(bytes, isLent)
      this.onTaken(bytes.length)
      return
    }
    this.#unread.push(bytes, isLent)
    this.onHeld(bytes.length)
    this.#wake?.()
  }

  protected discardUnread(): void {
    const { bytes } = this.#unread
    if (bytes === 0) return
    this.#unread.clear()
    this.onReleased(bytes)
    this.onTaken(bytes)
  }

  /** Tells once, when nothing waits and nothing will come. */
  protected dispatchEndOnce(): void {
    if (this.#hasEnded || this.#unread.bytes > 0) return
    if (this.remoteWriteStatus !== 'closed' && this.readStatus !== 'closed') return
    this.#hasEnded = true
    this.dispatchEvent(new Event('end'))
  }

  #onPushed(bytes: number): void {
    if (bytes === 0) return
    this.onPutBack(bytes)
    this.onHeld(bytes)
    if (this.#unread.bytes > this.maxReadBufferLength) {
      this.abort(new StreamBufferError(`${this.#unread.bytes} bytes wait to be read`))
      return
    }
    queueMicrotask(() => this.#deliverUnread())
    this.#wake?.()
  }

  /** Piece by piece: whoever listens may pause the stream or stop listening at each. */
  #deliverUnread(): void {
    while (this.#unread.bytes > 0 && this.#isHeard) {
      const piece = this.#shift()
      if (piece === undefined) return
      this.#hand(piece, false)
      this.onTaken(piece.length)
    }
    this.dispatchEndOnce()
  }

  get #isHeard(): boolean {
    return this.readStatus === 'readable' && (this.#reader !== undefined || this.listenerCount('message') > 0)
  }

  #hand(bytes: Uint8Array, isLent: boolean): void {
    if (this.#reader !== undefined) this.#reader(bytes, isLent)
    else this.dispatchEvent(new StreamMessageEvent(isLent ? new Uint8Array(bytes) : bytes))
  }

  #shift(): Uint8Array | undefined {
    const piece = this.#unread.shift()
    if (piece !== undefined) this.onReleased(piece.length)
    return piece
  }

  #assertReadable(what: string): void {
    if (this.readStatus === 'closed' || this.readStatus === 'closing') {
      throw new StreamStateError(`Cannot ${what} a stream that is ${this.readStatus}`)
    }
  }
}

/** The arrays that make up `data`, without joining them. */
export function piecesOf(data: Bytes): Iterable<Uint8Array> {
  return data instanceof Uint8Array ? [data] : data
}
