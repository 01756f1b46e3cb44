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
import { Uint8ArrayList } from 'uint8arraylist'
import { abortable } from './abortable.ts'
import { type Bytes, piecesOf, ReadableSide } from './readable-side.ts'
import { SendQueue } from './send-queue.ts'
import type { UnreadBudget } from './unread-budget.ts'

/** Waiting to be sent on one stream, unless it is told otherwise: two of the longest RPCs, and more than any answer. */
const MAX_WRITE_BUFFER_BYTES = 32 * 1024 * 1024
/** As libp2p's streams say it; nothing of ours depends on it. */
const INACTIVITY_TIMEOUT_MS = 120_000

export interface StreamParts {
  readonly id: string
  readonly direction: MessageStreamDirection
  readonly log: Logger
  /** Of the connection: what waits to be read. */
  readonly budget: UnreadBudget
}

/**
 * The sending half of a stream, and its end. What is sent waits, uncopied, until what is below takes it; whoever sends is told
 * when to wait. Statuses and events are those of libp2p's Stream.
 */
export abstract class WritableSide extends ReadableSide implements Stream {
  readonly id: string
  readonly direction: MessageStreamDirection
  readonly log: Logger
  protocol = ''
  inactivityTimeout = INACTIVITY_TIMEOUT_MS
  maxWriteBufferLength = MAX_WRITE_BUFFER_BYTES
  writeStatus: MessageStreamWriteStatus = 'writable'
  remoteReadStatus: MessageStreamReadStatus = 'readable'
  writableNeedsDrain = false
  protected readonly budget: UnreadBudget
  protected readonly queue = new SendQueue()
  /** Settled when all that waits is sent and the other side was told that no more comes. */
  #closing: PromiseWithResolvers<void> | undefined
  #drained: PromiseWithResolvers<void> | undefined

  constructor({ id, direction, log, budget }: StreamParts) {
    super()
    this.id = id
    this.direction = direction
    this.log = log
    this.budget = budget
  }

  /** Hands down what it may of what waits. @returns false when the sender is to wait for 'drain' */
  protected abstract flush(): boolean
  /** Tells the other side that no more comes, all being sent; `finished` is called when that is done. */
  protected abstract finish(): void
  /** Once: nothing of this stream is of interest any more. `status` says how it came to its end. */
  protected abstract onOver(): void

  /** Bytes that were not handed down, or not taken there. */
  get writeBufferLength(): number {
    return this.queue.bytes
  }

  /**
   * Sends bytes, or keeps them until there is room below. They are not copied: they must not change until then.
   * @returns false when the sender is to wait for 'drain'. @throws StreamStateError when closed for writing
   */
  send(data: Bytes): boolean {
    if (this.writeStatus !== 'writable') {
      throw new StreamStateError(`Cannot write to a stream that is ${this.writeStatus}`)
    }
    for (const piece of piecesOf(data)) this.queue.push(piece)
    return this.flush()
  }

  /** As `send` of one and then of the other, at the cost of one: `front` is short, and not held up by the rest. */
  sendTogether(front: Uint8Array, rest: Uint8Array): boolean {
    return this.send(new Uint8ArrayList(front, rest))
  }

  /** Closes our half once all that waits is sent. Rejects when the stream ends before, and when the signal says so. */
  async close(options?: AbortOptions): Promise<void> {
    if (this.writeStatus !== 'writable') return
    this.writeStatus = 'closing'
    const closing = Promise.withResolvers<void>()
    this.#closing = closing
    if (this.writeBufferLength === 0) this.finish()
    // Some have told it by now.
    if (this.#closing !== undefined) await abortable(closing.promise, options?.signal)
  }

  abort(error: Error): void {
    if (!this.isAlive) return
    this.budget.release(this.readBufferLength)
    this.status = 'aborted'
    this.readStatus = 'closed'
    this.discardUnread()
    this.#end(new StreamAbortEvent(error))
  }

  /** @throws StreamStateError when the stream has ended, the signal's reason */
  async onDrain(options?: AbortOptions): Promise<void> {
    if (!this.writableNeedsDrain) return
    if (!this.isAlive) throw new StreamStateError('the stream ended')
    this.#drained ??= Promise.withResolvers()
    await abortable(this.#drained.promise, options?.signal)
  }

  /** The other side sends no more. */
  onRemoteCloseWrite(): void {
    if (this.remoteWriteStatus === 'closed') return
    this.remoteWriteStatus = 'closed'
    this.dispatchEvent(new Event('remoteCloseWrite'))
    this.dispatchEndOnce()
    if (this.writeStatus === 'closed') this.#endCleanly()
  }

  /** The other side ended the stream; what has come can still be read. */
  onRemoteReset(): void {
    if (!this.isAlive) return
    this.status = 'reset'
    if (this.readBufferLength === 0) this.readStatus = 'closed'
    this.#end(new StreamResetEvent(new StreamResetError()))
  }

  /** The connection is gone; what has come can still be read. */
  onTransportClosed(): void {
    this.#endCleanly()
  }

  protected override onReleased(bytes: number): void {
    if (this.isAlive) this.budget.release(bytes)
  }

  protected get isAlive(): boolean {
    return this.status === 'open' || this.status === 'closing'
  }

  /** Settled when a close that is under way is done; undefined while there is none. */
  protected get closing(): Promise<void> | undefined {
    return this.#closing?.promise
  }

  /** Ends the stream when more waits than may. @returns whether it did */
  protected endIfTooMuchWaits(): boolean {
    const bytes = this.writeBufferLength
    if (bytes <= this.maxWriteBufferLength) return false
    this.abort(new StreamBufferError(`${bytes} bytes wait to be sent`))
    return true
  }

  /** There is room again: whoever waits to send may. */
  protected drained(): void {
    if (!this.writableNeedsDrain) return
    this.writableNeedsDrain = false
    this.#drained?.resolve()
    this.#drained = undefined
    this.dispatchEvent(new Event('drain'))
  }

  /** The other side was told that no more comes. */
  protected finished(): void {
    this.#closing?.resolve()
    this.#closing = undefined
    if (!this.isAlive) return
    this.writeStatus = 'closed'
    if (this.remoteWriteStatus === 'closed') this.#endCleanly()
  }

  #endCleanly(): void {
    if (!this.isAlive) return
    this.status = 'closed'
    if (this.readStatus === 'readable' && this.readBufferLength === 0) this.readStatus = 'closed'
    this.#end(new StreamCloseEvent())
  }

  #end(event: StreamCloseEvent): void {
    this.budget.release(this.readBufferLength)
    this.queue.clear()
    this.writeStatus = 'closed'
    this.remoteWriteStatus = 'closed'
    this.remoteReadStatus = 'closed'
    this.timeline.close = Date.now()
    const why = event.error ?? new StreamStateError('the stream ended')
    for (const waiting of [this.#closing, this.#drained]) {
      waiting?.promise.catch(ignored)
      waiting?.reject(why)
    }
    this.onOver()
    this.dispatchEndOnce()
    this.dispatchEvent(event)
  }
}

function ignored(): void {}
