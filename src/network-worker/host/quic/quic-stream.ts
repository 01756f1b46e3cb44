import {
  type AbortOptions,
  type Logger,
  type MessageStreamDirection,
  type MessageStreamReadStatus,
  type MessageStreamWriteStatus,
  type Stream,
  StreamAbortEvent,
  StreamBufferError,
  StreamCloseEvent,
  StreamResetError,
  StreamResetEvent,
  StreamStateError,
} from '@libp2p/interface'
import { abortable } from '../streams/abortable.ts'
import { type Bytes, piecesOf, ReadableSide } from '../streams/readable-side.ts'
import { SendQueue } from '../streams/send-queue.ts'
import type { UnreadBudget } from '../streams/unread-budget.ts'
import type { NativeStream } from './native-quic.ts'
import { ReadPace, SHORT_READ_BYTES } from './read-pace.ts'

/** Handed to QUIC at once: four blocks, for which it takes a copy. */
const BATCH_BYTES = 256 * 1024
/** Bytes that wait before whoever sends is told to wait: as many as one batch. */
const HIGH_WATER_BYTES = BATCH_BYTES
/** Waiting to be sent on one stream, unless it is told otherwise: two of the longest RPCs, and more than any answer. */
const MAX_WRITE_BUFFER_BYTES = 32 * 1024 * 1024
/** Bytes that nobody has read yet, beyond which we read no more, and QUIC's own window makes the other side wait. */
const READ_AHEAD_BYTES = 256 * 1024
/** As libp2p's streams say it; nothing of this one depends on it. */
const INACTIVITY_TIMEOUT_MS = 120_000
/** What quinn says of a stream that the other side reset (quinn::ReadError::Reset). */
const RESET = /reset by peer/

export interface QuicStreamDeps {
  readonly native: NativeStream
  readonly direction: MessageStreamDirection
  readonly log: Logger
  /** Of the connection: what waits to be read, and the arrays of reads that are under way. */
  readonly budget: UnreadBudget
  /** Once: nothing of this stream is of interest any more; `letGo` settles when QUIC holds none of our bytes for it. */
  readonly onOver: (letGo: Promise<void>) => void
}

/**
 * One stream: libp2p's interface above, promises of another thread below. One read and one write are under way at a time;
 * what is to be sent meanwhile goes together with the next write.
 */
export class QuicStream extends ReadableSide implements Stream {
  readonly id: string
  readonly direction: MessageStreamDirection
  readonly log: Logger
  protocol = ''
  inactivityTimeout = INACTIVITY_TIMEOUT_MS
  maxWriteBufferLength = MAX_WRITE_BUFFER_BYTES
  writeStatus: MessageStreamWriteStatus = 'writable'
  remoteReadStatus: MessageStreamReadStatus = 'readable'
  writableNeedsDrain = false
  readonly #native: NativeStream
  readonly #budget: UnreadBudget
  readonly #onOver: QuicStreamDeps['onOver']
  readonly #queue = new SendQueue()
  readonly #pace = new ReadPace()
  #writingBytes = 0
  #wakeReader: (() => void) | undefined
  /** Settled when all that waits is sent and the other side was told that no more comes. */
  #closing: PromiseWithResolvers<void> | undefined
  #drained: PromiseWithResolvers<void> | undefined

  constructor({ native, direction, log, budget, onOver }: QuicStreamDeps) {
    super()
    this.id = native.id()
    this.direction = direction
    this.log = log
    this.#native = native
    this.#budget = budget
    this.#onOver = onOver
    void this.#readAll()
  }

  /** Bytes that QUIC has not taken yet. */
  get writeBufferLength(): number {
    return this.#queue.bytes + this.#writingBytes
  }

  /**
   * Hands bytes to QUIC, or keeps them until it has taken those before. They must not change until then.
   * @returns false when the sender is to wait for 'drain'. @throws StreamStateError when closed for writing
   */
  send(data: Bytes): boolean {
    if (this.writeStatus !== 'writable') {
      throw new StreamStateError(`Cannot write to a stream that is ${this.writeStatus}`)
    }
    for (const piece of piecesOf(data)) this.#queue.push(piece)
    this.#write()
    if (this.writeBufferLength > this.maxWriteBufferLength) {
      this.abort(new StreamBufferError(`${this.writeBufferLength} bytes wait to be sent`))
      return false
    }
    if (this.writeBufferLength >= HIGH_WATER_BYTES) this.writableNeedsDrain = true
    return !this.writableNeedsDrain
  }

  /** Closes our half once all that waits is sent. Rejects when the stream ends before, and when the signal says so. */
  async close(options?: AbortOptions): Promise<void> {
    if (this.writeStatus !== 'writable') return
    this.writeStatus = 'closing'
    this.#closing = Promise.withResolvers()
    const { promise } = this.#closing
    if (this.writeBufferLength === 0) this.#finish()
    await abortable(promise, options?.signal)
  }

  abort(error: Error): void {
    if (!this.#isAlive) return
    this.#budget.release(this.readBufferLength)
    this.status = 'aborted'
    this.readStatus = 'closed'
    this.discardUnread()
    // Neither comes to pass before a write or a read that is under way is over: the native part has a lock for each.
    this.#end(new StreamAbortEvent(error), this.#native.resetWrite())
    this.#native.stopRead().catch(ignored)
  }

  /** @throws StreamStateError when the stream has ended, the signal's reason */
  async onDrain(options?: AbortOptions): Promise<void> {
    if (!this.writableNeedsDrain) return
    if (!this.#isAlive) throw new StreamStateError('the stream ended')
    this.#drained ??= Promise.withResolvers()
    await abortable(this.#drained.promise, options?.signal)
  }

  /** When QUIC has taken all that was sent, and its end if it was closed; or when the stream ends. Never rejects. */
  async whenSent(): Promise<void> {
    if (!this.#isAlive || this.writeStatus === 'closed') return
    if (this.writeStatus === 'writable' && this.writeBufferLength === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const type of ['idle', 'close'] as const) this.addEventListener(type, () => resolve(), { once: true })
    await (this.#closing?.promise.catch(ignored) ?? promise)
  }

  /** The connection is gone; what has come can still be read. */
  onTransportClosed(): void {
    this.#endCleanly()
  }

  protected override onHeld(bytes: number): void {
    // Bounded by what is read ahead, and one read more: no stream is ended for it.
    if (this.#isAlive) this.#budget.hold(bytes)
  }

  protected override onReleased(bytes: number): void {
    if (this.#isAlive) this.#budget.release(bytes)
    this.#wakeReader?.()
  }

  protected override onTaken(_bytes: number): void {
    // QUIC was told when the bytes left it.
  }

  protected override onPutBack(_bytes: number): void {
    // These are ours until they are read again.
  }

  get #isAlive(): boolean {
    return this.status === 'open' || this.status === 'closing'
  }

  /** Goes on when nobody listens any more, since only reading tells of the end. */
  async #readAll(): Promise<void> {
    try {
      while (this.#isAlive) {
        if (!this.#hasRoom) await this.#room()
        if (!this.#isAlive) return // it ended meanwhile, and a read would only be in the way of that
        const bytes = await this.#read()
        if (bytes === undefined || bytes === null) break
        this.#pace.took(bytes.length)
        if (this.#isAlive) this.receive(bytes)
      }
      this.#onRemoteCloseWrite()
    } catch (error) {
      this.#onReadFailed(error)
    }
  }

  /**
   * A stream of which nothing waits is always read, so that none waits for others to be read; so each that waits is woken
   * by its own reader.
   */
  get #hasRoom(): boolean {
    return this.readBufferLength === 0 || (this.readBufferLength < READ_AHEAD_BYTES && !this.#budget.isSpent)
  }

  async #read(): Promise<Uint8Array | null | undefined> {
    const maxBytes = this.#budget.isSpent ? SHORT_READ_BYTES : this.#pace.bytes
    this.#budget.hold(maxBytes)
    try {
      return await this.#native.read(maxBytes)
    } finally {
      this.#budget.release(maxBytes)
    }
  }

  async #room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wakeReader = (): void => {
      if (this.#hasRoom || !this.#isAlive) resolve()
    }
    await promise
    this.#wakeReader = undefined
  }

  #onRemoteCloseWrite(): void {
    if (!this.#isAlive || this.remoteWriteStatus === 'closed') return
    this.remoteWriteStatus = 'closed'
    this.dispatchEvent(new Event('remoteCloseWrite'))
    this.dispatchEndOnce()
    if (this.writeStatus === 'closed') this.#endCleanly()
  }

  #onReadFailed(error: unknown): void {
    if (!this.#isAlive) return
    if (!RESET.test(String(error))) {
      this.#endCleanly() // of the connection, which says why
      return
    }
    this.status = 'reset'
    if (this.readBufferLength === 0) this.readStatus = 'closed'
    // What is not sent is lost: an end as after all of it would be a lie, and comes when the native part is collected.
    this.#end(new StreamResetEvent(new StreamResetError()), this.#native.resetWrite())
  }

  #write(): void {
    if (this.#writingBytes > 0 || this.#queue.bytes === 0) return
    const pieces: Uint8Array[] = []
    const bytes = Math.min(this.#queue.bytes, BATCH_BYTES)
    this.#queue.takeTo(pieces, bytes)
    const [first] = pieces
    this.#writingBytes = bytes
    this.#native.write(pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces, bytes)).then(
      () => this.#onWritten(),
      (error: unknown) => this.#onWriteFailed(error),
    )
  }

  #onWritten(): void {
    this.#writingBytes = 0
    if (!this.#isAlive) return
    this.#write()
    if (this.writeBufferLength === 0) {
      this.dispatchEvent(new Event('idle'))
      if (this.writeStatus === 'closing') this.#finish()
    }
    if (!this.writableNeedsDrain || this.writeBufferLength >= HIGH_WATER_BYTES) return
    this.writableNeedsDrain = false
    this.#drained?.resolve()
    this.#drained = undefined
    this.dispatchEvent(new Event('drain'))
  }

  #onWriteFailed(error: unknown): void {
    this.#writingBytes = 0
    this.abort(error instanceof Error ? error : new Error(String(error)))
  }

  #finish(): void {
    const closing = this.#closing
    this.#native.finishWrite().then(
      () => {
        closing?.resolve()
        if (!this.#isAlive) return
        this.writeStatus = 'closed'
        if (this.remoteWriteStatus === 'closed') this.#endCleanly()
      },
      (error: unknown) => this.#onWriteFailed(error),
    )
  }

  #endCleanly(): void {
    if (!this.#isAlive) return
    this.status = 'closed'
    if (this.readStatus === 'readable' && this.readBufferLength === 0) this.readStatus = 'closed'
    this.#end(new StreamCloseEvent())
  }

  #end(event: StreamCloseEvent, letGo: Promise<void> = Promise.resolve()): void {
    this.#budget.release(this.readBufferLength)
    this.#queue.clear()
    this.writeStatus = 'closed'
    this.remoteWriteStatus = 'closed'
    this.remoteReadStatus = 'closed'
    this.timeline.close = Date.now()
    const why = event.error ?? new StreamStateError('the stream ended')
    for (const waiting of [this.#closing, this.#drained]) {
      waiting?.promise.catch(ignored)
      waiting?.reject(why)
    }
    this.#wakeReader?.()
    this.#onOver(letGo)
    this.dispatchEndOnce()
    this.dispatchEvent(event)
  }
}

function ignored(): void {}
