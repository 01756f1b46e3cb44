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
import { FLAG, FRAME_TYPE, INITIAL_WINDOW_BYTES, MAX_UINT32 } from './frame.ts'
import { type FrameOutput, MAX_FRAME_DATA_BYTES, type OutputWaiter } from './frame-output.ts'
import type { ReceiveWindow } from './receive-window.ts'
import { YamuxProtocolError } from './yamux-error.ts'

/** Sent without asking whether the connection takes more: four whole frames of noise. */
const BATCH_BYTES = 4 * MAX_FRAME_DATA_BYTES
/** Waiting to be sent on one stream, unless it is told otherwise: two of the longest RPCs, and more than any answer. */
const MAX_WRITE_BUFFER_BYTES = 32 * 1024 * 1024
/** As libp2p's streams say it; nothing of this one depends on it. */
const INACTIVITY_TIMEOUT_MS = 120_000

export interface StreamDeps {
  readonly output: FrameOutput
  readonly window: ReceiveWindow
  readonly budget: UnreadBudget
  readonly log: Logger
  /** Once: the stream was accepted, by whichever side had to. */
  readonly onEstablished: () => void
  /** Once: no frame of this stream is of interest any more. */
  readonly onOver: () => void
}

/** One stream: libp2p's interface above, frames below. */
export class YamuxStream extends ReadableSide implements Stream, OutputWaiter {
  readonly id: string
  readonly direction: MessageStreamDirection
  readonly log: Logger
  protocol = ''
  inactivityTimeout = INACTIVITY_TIMEOUT_MS
  maxWriteBufferLength = MAX_WRITE_BUFFER_BYTES
  writeStatus: MessageStreamWriteStatus = 'writable'
  remoteReadStatus: MessageStreamReadStatus = 'readable'
  writableNeedsDrain = false
  readonly #streamId: number
  readonly #deps: StreamDeps
  readonly #queue = new SendQueue()
  #sendWindowBytes = INITIAL_WINDOW_BYTES
  /** Flag of our next frame: SYN or ACK with the first one. */
  #nextFlags: number
  #isEstablished = false
  /** Settled when all that waits is sent and the other side was told that no more comes. */
  #closing: PromiseWithResolvers<void> | undefined
  #drained: PromiseWithResolvers<void> | undefined

  constructor(streamId: number, direction: MessageStreamDirection, deps: StreamDeps) {
    super()
    this.id = `${streamId}`
    this.direction = direction
    this.log = deps.log
    this.#streamId = streamId
    this.#deps = deps
    this.#nextFlags = direction === 'outbound' ? FLAG.syn : FLAG.ack
  }

  get writeBufferLength(): number {
    return this.#queue.bytes
  }

  /**
   * Sends bytes, or keeps them until the window and the connection have room. They are not copied.
   * @returns false when the sender is to wait for 'drain'. @throws StreamStateError when closed for writing
   */
  send(data: Bytes): boolean {
    if (this.writeStatus !== 'writable')
      throw new StreamStateError(`Cannot write to a stream that is ${this.writeStatus}`)
    if (data instanceof Uint8Array && this.#fits(data.length)) return this.#sendAtOnce(data)
    for (const piece of piecesOf(data)) this.#queue.push(piece)
    return this.#flush()
  }

  /** Closes our half once all that waits is sent. Rejects when the stream ends before, and when the signal says so. */
  async close(options?: AbortOptions): Promise<void> {
    if (this.writeStatus !== 'writable') return
    this.writeStatus = 'closing'
    if (this.#queue.bytes === 0) {
      this.#finish()
      return
    }
    this.#closing = Promise.withResolvers()
    await abortable(this.#closing.promise, options?.signal)
  }

  abort(error: Error): void {
    if (!this.#isAlive) return
    this.#deps.budget.release(this.readBufferLength)
    this.status = 'aborted'
    this.readStatus = 'closed'
    this.discardUnread()
    // The other side knows nothing of a stream without a frame.
    if (this.#nextFlags !== FLAG.syn) this.#deps.output.control(FRAME_TYPE.windowUpdate, FLAG.rst, this.#streamId, 0)
    this.#end(new StreamAbortEvent(error))
  }

  /** @throws StreamStateError when the stream has ended, the signal's reason */
  async onDrain(options?: AbortOptions): Promise<void> {
    if (!this.writableNeedsDrain) return
    if (!this.#isAlive) throw new StreamStateError('the stream ended')
    this.#drained ??= Promise.withResolvers()
    await abortable(this.#drained.promise, options?.signal)
  }

  /** Opens the stream at the other side, when nothing sent before has. */
  announce(): void {
    if (this.#isAlive && this.#nextFlags === FLAG.syn) {
      this.#deps.output.control(FRAME_TYPE.windowUpdate, this.#flags(), this.#streamId, 0)
    }
  }

  /** The connection takes more. */
  onOutputDrain(): void {
    this.#resumeSending()
  }

  onAck(): void {
    if (this.direction === 'outbound') this.#establish()
  }

  /** @throws YamuxProtocolError when the window becomes more than a number of the protocol */
  onWindowUpdate(bytes: number): void {
    this.#sendWindowBytes += bytes
    if (this.#sendWindowBytes > MAX_UINT32) throw new YamuxProtocolError('a window of more than 4 GiB')
    if (this.#queue.bytes > 0) this.#resumeSending()
  }

  /** A data frame begins. @throws YamuxProtocolError when it is longer than what was granted */
  onDataHeader(bytes: number): void {
    if (!this.#deps.window.announce(bytes)) throw new YamuxProtocolError('receive window exceeded')
    if (bytes > 0 && this.remoteWriteStatus === 'closed') this.abort(new StreamStateError('data after the end'))
  }

  onPayload(bytes: Uint8Array): void {
    this.receive(bytes)
  }

  onRemoteCloseWrite(): void {
    if (this.remoteWriteStatus === 'closed') return
    this.remoteWriteStatus = 'closed'
    this.dispatchEvent(new Event('remoteCloseWrite'))
    this.dispatchEndOnce()
    if (this.writeStatus === 'closed') this.#endCleanly()
  }

  onRemoteReset(): void {
    if (!this.#isAlive) return
    this.status = 'reset'
    if (this.readBufferLength === 0) this.readStatus = 'closed'
    this.#end(new StreamResetEvent(new StreamResetError()))
  }

  /** The connection is gone; what has come can still be read. */
  onTransportClosed(): void {
    if (!this.#isAlive) return
    this.#endCleanly()
  }

  protected override onHeld(bytes: number): void {
    if (!this.#isAlive || this.#deps.budget.hold(bytes)) return
    this.abort(new StreamBufferError('too many bytes of this peer wait to be read'))
  }

  protected override onReleased(bytes: number): void {
    if (this.#isAlive) this.#deps.budget.release(bytes)
  }

  protected override onTaken(bytes: number): void {
    const { window, output } = this.#deps
    window.take(bytes)
    if (!this.#isAlive || this.remoteWriteStatus === 'closed') return
    const granted = window.grant()
    if (granted > 0) output.control(FRAME_TYPE.windowUpdate, this.#flags(), this.#streamId, granted)
  }

  protected override onPutBack(bytes: number): void {
    this.#deps.window.putBack(bytes)
  }

  get #isAlive(): boolean {
    return this.status === 'open' || this.status === 'closing'
  }

  #fits(bytes: number): boolean {
    return (
      this.#queue.bytes === 0 &&
      bytes > 0 &&
      bytes <= MAX_FRAME_DATA_BYTES &&
      bytes <= this.#sendWindowBytes &&
      !this.#deps.output.isFull
    )
  }

  #sendAtOnce(data: Uint8Array): boolean {
    this.#sendWindowBytes -= data.length
    let takesMore: boolean
    try {
      takesMore = this.#deps.output.data(this.#flags(), this.#streamId, data)
    } catch (error) {
      this.#fail(error)
    }
    return takesMore || this.#needsDrain()
  }

  /** Sends what may be sent of what waits. @returns as `send` */
  #flush(): boolean {
    const { output } = this.#deps
    try {
      while (this.#queue.bytes > 0 && this.#sendWindowBytes > 0 && !output.isFull) output.send(this.#batch())
    } catch (error) {
      this.#fail(error)
    }
    if (this.#queue.bytes > this.maxWriteBufferLength) {
      this.abort(new StreamBufferError(`${this.#queue.bytes} bytes wait to be sent`))
      return false
    }
    if (this.#queue.bytes === 0 && this.writeStatus === 'closing') this.#finish()
    return (this.#queue.bytes === 0 && !output.isFull) || this.#needsDrain()
  }

  /** Whole frames of what waits, within the window: together one message to the connection. */
  #batch(): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let left = Math.min(this.#queue.bytes, this.#sendWindowBytes, BATCH_BYTES)
    this.#sendWindowBytes -= left
    while (left > 0) {
      const bytes = Math.min(left, MAX_FRAME_DATA_BYTES)
      pieces.push(this.#deps.output.header(FRAME_TYPE.data, this.#flags(), this.#streamId, bytes))
      this.#queue.takeTo(pieces, bytes)
      left -= bytes
    }
    return pieces
  }

  #needsDrain(): false {
    this.writableNeedsDrain = true
    if (this.#deps.output.isFull && this.#isAlive) this.#deps.output.wait(this)
    return false
  }

  #resumeSending(): void {
    const hadBytes = this.#queue.bytes > 0
    let takesMore = false
    try {
      takesMore = this.#flush()
    } catch {
      return // the stream was aborted, and says so by its event
    }
    if (hadBytes && this.#queue.bytes === 0) this.dispatchEvent(new Event('idle'))
    if (!takesMore || !this.writableNeedsDrain) return
    this.writableNeedsDrain = false
    this.#drained?.resolve()
    this.#drained = undefined
    this.dispatchEvent(new Event('drain'))
  }

  #fail(error: unknown): never {
    this.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }

  #flags(): number {
    const flags = this.#nextFlags
    this.#nextFlags = 0
    if (flags === FLAG.ack) this.#establish()
    return flags
  }

  #establish(): void {
    if (this.#isEstablished) return
    this.#isEstablished = true
    this.#deps.onEstablished()
  }

  /** Only once nothing waits: a frame of its own, since some read the flag before the data that comes with it. */
  #finish(): void {
    this.#deps.output.control(FRAME_TYPE.windowUpdate, this.#flags() | FLAG.fin, this.#streamId, 0)
    this.writeStatus = 'closed'
    this.#closing?.resolve()
    this.#closing = undefined
    if (this.remoteWriteStatus === 'closed') this.#endCleanly()
  }

  #endCleanly(): void {
    if (!this.#isAlive) return
    this.status = 'closed'
    if (this.readStatus === 'readable' && this.readBufferLength === 0) this.readStatus = 'closed'
    this.#end(new StreamCloseEvent())
  }

  #end(event: StreamCloseEvent): void {
    const { budget, output, onOver } = this.#deps
    budget.release(this.readBufferLength)
    output.forget(this)
    this.#queue.clear()
    this.writeStatus = 'closed'
    this.remoteWriteStatus = 'closed'
    this.remoteReadStatus = 'closed'
    this.timeline.close = Date.now()
    const why = event.error ?? new StreamStateError('the stream ended')
    for (const waiting of [this.#closing, this.#drained]) waiting?.promise.catch(() => undefined)
    this.#closing?.reject(why)
    this.#drained?.reject(why)
    this.#establish()
    onOver()
    this.dispatchEndOnce()
    this.dispatchEvent(event)
  }
}
