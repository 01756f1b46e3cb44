import {
  type AbortOptions,
  type CreateStreamOptions,
  type EventHandler,
  type Logger,
  type MessageStream,
  type MessageStreamDirection,
  MuxerClosedError,
  type StreamMuxer,
  type StreamMuxerEvents,
  type StreamMuxerFactory,
  type StreamMuxerStatus,
  TooManyOutboundProtocolStreamsError,
  TypedEventEmitter,
} from '@libp2p/interface'
import { abortable } from '../streams/abortable.ts'
import { UnreadBudget } from '../streams/unread-budget.ts'
import { type NativeConnection, type NativeStream, takeConnection } from './native-quic.ts'
import { QuicStream } from './quic-stream.ts'

/** As libp2p knows it; it is never negotiated. */
const QUIC_PROTOCOL = 'quic'
/**
 * Received bytes of all streams together that nobody has read, with the arrays that reads wait for: as with yamux. Past
 * it, only streams of which nothing waits are read, a little at a time, and QUIC's own window holds the rest back.
 */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024

export interface QuicMuxerOptions {
  /** Streams that we opened, or wait to, and of which QUIC has not let go. Those of the other side are bounded by QUIC itself. */
  readonly maxOutboundStreams: number
}

/** One connection's streams. */
export class QuicMuxer extends TypedEventEmitter<StreamMuxerEvents<QuicStream>> implements StreamMuxer<QuicStream> {
  readonly protocol = QUIC_PROTOCOL
  status: StreamMuxerStatus = 'open'
  readonly #options: QuicMuxerOptions
  readonly #native: NativeConnection
  readonly #log: Logger
  readonly #budget = new UnreadBudget(MAX_UNREAD_BYTES)
  /** Bounded by QUIC's limit of inbound streams and ours of outbound ones. */
  readonly #streams = new Set<QuicStream>()
  /** Streams that were opened before anybody listened for them. */
  #early: QuicStream[] = []
  #outbound = 0

  /** @param factory the library's, of this connection. @throws TypeError when the library has changed */
  constructor(factory: StreamMuxerFactory, connection: MessageStream, options: QuicMuxerOptions) {
    super()
    this.#options = options
    this.#log = connection.log.newScope(QUIC_PROTOCOL)
    this.#native = takeConnection(factory, connection, (native) => this.#onInboundStream(native))
    connection.addEventListener('close', () => this.#onTransportClosed())
  }

  get streams(): QuicStream[] {
    return [...this.#streams]
  }

  /** @throws MuxerClosedError, TooManyOutboundProtocolStreamsError */
  async createStream(options: CreateStreamOptions = {}): Promise<QuicStream> {
    options.signal?.throwIfAborted()
    this.#assertOpen()
    if (this.#outbound >= this.#options.maxOutboundStreams) {
      throw new TooManyOutboundProtocolStreamsError('too many outbound streams')
    }
    this.#outbound++
    const opening = this.#native.outboundStream()
    try {
      const native = await abortable(opening, options.signal)
      this.#assertOpen()
      const stream = this.#newStream(native, 'outbound')
      if (options.maxReadBufferLength !== undefined) stream.maxReadBufferLength = options.maxReadBufferLength
      if (options.maxWriteBufferLength !== undefined) stream.maxWriteBufferLength = options.maxWriteBufferLength
      return stream
    } catch (error) {
      // Counted until it comes: a peer that allows no streams would have us wait for more and more of them.
      opening
        .then(letGo)
        .catch(ignored)
        .finally(() => this.#outbound--)
      throw error
    }
  }

  /**
   * Ends all streams once what they hold is sent: the connection is closed next. The other side is not told of each: go-libp2p's
   * gossipsub takes the end of its stream for a fault of the stream alone, and dials again when the connection ends just then.
   */
  async close({ signal }: AbortOptions = {}): Promise<void> {
    if (this.status !== 'open') return
    this.status = 'closing'
    try {
      await abortable(Promise.all(this.streams.map((stream) => stream.whenSent())), signal)
    } catch {
      // Whoever does not read has had its time.
    } finally {
      this.#onTransportClosed()
    }
  }

  abort(error: Error): void {
    this.status = 'closed'
    this.#early = []
    for (const stream of this.streams) stream.abort(error)
  }

  override addEventListener<K extends keyof StreamMuxerEvents<QuicStream>>(
    type: K,
    listener: EventHandler<StreamMuxerEvents<QuicStream>[K]> | null,
    options?: Parameters<EventTarget['addEventListener']>[2],
  ): void {
    super.addEventListener(type, listener, options)
    // Later, because listeners are added by constructors that are not finished.
    if (type === 'stream' && this.#early.length > 0) queueMicrotask(() => this.#tellOfEarly())
  }

  #assertOpen(): void {
    if (this.status !== 'open') throw new MuxerClosedError(`Muxer is ${this.status}`)
  }

  #onInboundStream(native: NativeStream): void {
    if (this.status !== 'open') {
      letGo(native)
      return
    }
    const stream = this.#newStream(native, 'inbound')
    if (this.listenerCount('stream') === 0 || this.#early.length > 0) this.#early.push(stream)
    else this.dispatchEvent(new CustomEvent('stream', { detail: stream }))
  }

  #tellOfEarly(): void {
    const early = this.#early
    this.#early = []
    for (const stream of early) this.dispatchEvent(new CustomEvent('stream', { detail: stream }))
  }

  #newStream(native: NativeStream, direction: MessageStreamDirection): QuicStream {
    const stream = new QuicStream({
      native,
      direction,
      log: this.#log.newScope(direction),
      budget: this.#budget,
      onOver: (letGo) => {
        this.#streams.delete(stream)
        // A peer that reads nothing would have us open one stream after the other, and keep what it does not take.
        letGo.catch(ignored).finally(() => {
          if (direction === 'outbound') this.#outbound--
        })
      },
    })
    this.#streams.add(stream)
    return stream
  }

  #onTransportClosed(): void {
    this.status = 'closed'
    this.#early = []
    for (const stream of this.streams) stream.onTransportClosed()
  }
}

/** A stream that nobody wants: the other side may forget it too. */
function letGo(native: NativeStream): void {
  native.resetWrite().catch(ignored)
  native.stopRead().catch(ignored)
}

function ignored(): void {}
