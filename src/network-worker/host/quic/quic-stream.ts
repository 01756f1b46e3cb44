import type { Logger, MessageStreamDirection } from '@libp2p/interface'
import type { BufferCollection } from '../buffer-collection.ts'
import { joined } from '../streams/joined.ts'
import type { UnreadBudget } from '../streams/unread-budget.ts'
import { WritableSide } from '../streams/writable-side.ts'
import type { NativeStream } from './native-quic.ts'
import { ReadPace, SHORT_READ_BYTES } from './read-pace.ts'

/** Handed to QUIC at once: four blocks, for which it takes a copy. */
const BATCH_BYTES = 256 * 1024
/** Bytes that wait before whoever sends is told to wait: as many as one batch. */
const HIGH_WATER_BYTES = BATCH_BYTES
/** Bytes that nobody has read yet, beyond which we read no more, and QUIC's own window makes the other side wait. */
const READ_AHEAD_BYTES = 256 * 1024
/** What quinn says of a stream that the other side reset (quinn::ReadError::Reset). */
const RESET = /reset by peer/

export interface QuicStreamDeps {
  readonly native: NativeStream
  readonly direction: MessageStreamDirection
  readonly log: Logger
  /** Of the connection: what waits to be read, and the arrays of reads that are under way. */
  readonly budget: UnreadBudget
  /** Told of the arrays that reads make: V8 knows their bytes, but not that they die young. */
  readonly buffers: Pick<BufferCollection, 'count'>
  /**
   * Once: nothing of this stream is of interest any more. `letGo` settles when QUIC holds none of our bytes for it any more,
   * of which there are `heldBytes`.
   */
  readonly onOver: (letGo: Promise<void>, heldBytes: number) => void
}

/**
 * One stream: libp2p's interface above, promises of another thread below. One read and one write are under way at a time;
 * what is to be sent meanwhile goes together with the next write.
 */
export class QuicStream extends WritableSide {
  readonly #native: NativeStream
  readonly #buffers: QuicStreamDeps['buffers']
  readonly #onOver: QuicStreamDeps['onOver']
  readonly #pace = new ReadPace()
  #writingBytes = 0
  #wakeReader: (() => void) | undefined

  constructor({ native, direction, log, budget, buffers, onOver }: QuicStreamDeps) {
    super({ id: native.id(), direction, log, budget })
    this.#native = native
    this.#buffers = buffers
    this.#onOver = onOver
    void this.#readAll()
  }

  /** Bytes that QUIC has not taken yet. */
  override get writeBufferLength(): number {
    return this.queue.bytes + this.#writingBytes
  }

  /** When QUIC has taken all that was sent, and its end if it was closed; or when the stream ends. Never rejects. */
  async whenSent(): Promise<void> {
    if (!this.isAlive || this.writeStatus === 'closed') return
    if (this.writeStatus === 'writable' && this.writeBufferLength === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const type of ['idle', 'close'] as const) this.addEventListener(type, () => resolve(), { once: true })
    await (this.closing?.catch(ignored) ?? promise)
  }

  protected override onHeld(bytes: number): void {
    // Bounded by what is read ahead, and one read more: no stream is ended for it.
    if (this.isAlive) this.budget.hold(bytes)
  }

  protected override onReleased(bytes: number): void {
    super.onReleased(bytes)
    this.#wakeReader?.()
  }

  protected override onTaken(_bytes: number): void {
    // QUIC was told when the bytes left it.
  }

  protected override onPutBack(_bytes: number): void {
    // These are ours until they are read again.
  }

  protected override flush(): boolean {
    this.#write()
    if (this.endIfTooMuchWaits()) return false
    if (this.writeBufferLength >= HIGH_WATER_BYTES) this.writableNeedsDrain = true
    return !this.writableNeedsDrain
  }

  protected override finish(): void {
    this.#native.finishWrite().then(
      () => this.finished(),
      (error: unknown) => this.#onWriteFailed(error),
    )
  }

  protected override onOver(): void {
    this.#wakeReader?.()
    if (this.status === 'closed') {
      this.#onOver(Promise.resolve(), 0)
      return
    }
    // After a reset what is not sent is lost too: an end as after all of it would be a lie, and comes when the native part is
    // collected. Neither call comes to pass before a write or a read that is under way is over: there is a lock for each.
    const letGo = this.#native.resetWrite()
    if (this.status === 'aborted') this.#native.stopRead().catch(ignored)
    this.#onOver(letGo, this.#writingBytes)
  }

  /** Goes on when nobody listens any more, since only reading tells of the end. */
  async #readAll(): Promise<void> {
    try {
      while (this.isAlive) {
        if (!this.#hasRoom) await this.#room()
        if (!this.isAlive) return // it ended meanwhile, and a read would only be in the way of that
        const bytes = await this.#read()
        if (bytes === undefined || bytes === null) break
        this.#pace.took(bytes.length)
        if (this.isAlive) this.receive(bytes)
      }
      this.onRemoteCloseWrite()
    } catch (error) {
      if (RESET.test(String(error))) this.onRemoteReset()
      else this.onTransportClosed() // whose end says why
    }
  }

  /**
   * A stream of which nothing waits is always read, so that none waits for others to be read; so each that waits is woken
   * by its own reader.
   */
  get #hasRoom(): boolean {
    return this.readBufferLength === 0 || (this.readBufferLength < READ_AHEAD_BYTES && !this.budget.isSpent)
  }

  async #read(): Promise<Uint8Array | null | undefined> {
    const maxBytes = this.budget.isSpent ? SHORT_READ_BYTES : this.#pace.bytes
    this.budget.hold(maxBytes)
    try {
      return await this.#native.read(maxBytes)
    } finally {
      this.budget.release(maxBytes)
      this.#buffers.count(maxBytes)
    }
  }

  async #room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wakeReader = (): void => {
      if (this.#hasRoom || !this.isAlive) resolve()
    }
    await promise
    this.#wakeReader = undefined
  }

  #write(): void {
    if (this.#writingBytes > 0 || this.queue.bytes === 0) return
    const pieces: Uint8Array[] = []
    const bytes = Math.min(this.queue.bytes, BATCH_BYTES)
    this.queue.takeTo(pieces, bytes)
    this.#writingBytes = bytes
    this.#native.write(joined(pieces)).then(
      () => this.#onWritten(),
      (error: unknown) => this.#onWriteFailed(error),
    )
  }

  #onWritten(): void {
    this.#writingBytes = 0
    if (!this.isAlive) return
    this.#write()
    if (this.writeBufferLength === 0) {
      this.dispatchEvent(new Event('idle'))
      if (this.writeStatus === 'closing') this.finish()
    }
    if (this.writeBufferLength < HIGH_WATER_BYTES) this.drained()
  }

  #onWriteFailed(error: unknown): void {
    this.#writingBytes = 0
    this.abort(error instanceof Error ? error : new Error(String(error)))
  }
}

function ignored(): void {}
