import {
  type AbortOptions,
  type CreateStreamOptions,
  type Logger,
  type MessageStream,
  type MessageStreamDirection,
  MuxerClosedError,
  type StreamMuxer,
  type StreamMuxerFactory,
  type StreamMuxerStatus,
  TooManyOutboundProtocolStreamsError,
} from '@libp2p/interface'
import { type Clock, systemClock } from '../../../shared/clock.ts'
import { bufferCollection } from '../buffer-collection.ts'
import { abortable } from '../streams/abortable.ts'
import { EarlyStreams } from '../streams/early-streams.ts'
import { NewStreamRate } from '../streams/new-stream-rate.ts'
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
/**
 * Handed to QUIC for streams that have ended since, and not taken by the other side: sixteen whole writes. QUIC gives them up only
 * with the connection, and a peer that takes none of so many reads nothing.
 */
const MAX_HELD_BYTES = 4 * 1024 * 1024

export interface QuicMuxerOptions {
  /** Streams that we opened, or wait to, and of which QUIC has not let go. Those of the other side are bounded by QUIC itself. */
  readonly maxOutboundStreams: number
}

/** One connection's streams. */
export class QuicMuxer extends EarlyStreams<QuicStream> implements StreamMuxer<QuicStream> {
  readonly protocol = QUIC_PROTOCOL
  status: StreamMuxerStatus = 'open'
  readonly #connection: MessageStream
  readonly #options: QuicMuxerOptions
  readonly #native: NativeConnection
  readonly #log: Logger
  readonly #budget = new UnreadBudget(MAX_UNREAD_BYTES)
  readonly #newStreams: NewStreamRate
  /** Bounded by QUIC's limit of inbound streams and ours of outbound ones. */
  readonly #streams = new Set<QuicStream>()
  #outbound = 0
  #heldBytes = 0

  /** @param factory the library's, of this connection. @throws TypeError when the library has changed */
  constructor(
    factory: StreamMuxerFactory,
    connection: MessageStream,
    options: QuicMuxerOptions,
    clock: Clock = systemClock,
  ) {
    super()
    this.#newStreams = new NewStreamRate(clock)
    this.#connection = connection
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
    this.forgetEarly()
    for (const stream of this.streams) stream.abort(error)
  }

  #assertOpen(): void {
    if (this.status !== 'open') throw new MuxerClosedError(`Muxer is ${this.status}`)
  }

  #onInboundStream(native: NativeStream): void {
    if (this.status !== 'open') {
      letGo(native)
      return
    }
    if (!this.#newStreams.admit()) {
      letGo(native)
      this.#giveUp('streams are opened too fast')
      return
    }
    this.tellOf(this.#newStream(native, 'inbound'))
  }

  #newStream(native: NativeStream, direction: MessageStreamDirection): QuicStream {
    const stream = new QuicStream({
      native,
      direction,
      log: this.#log.newScope(direction),
      budget: this.#budget,
      buffers: bufferCollection(),
      onOver: (letGo, heldBytes) => {
        this.#streams.delete(stream)
        this.#heldBytes += heldBytes
        // A peer that reads nothing would have us open one stream after the other, and keep what it does not take.
        letGo.catch(ignored).finally(() => {
          this.#heldBytes -= heldBytes
          if (direction === 'outbound') this.#outbound--
        })
        if (this.#heldBytes > MAX_HELD_BYTES) {
          this.#giveUp(`${this.#heldBytes} bytes of streams that have ended are not taken`)
        }
      },
    })
    this.#streams.add(stream)
    return stream
  }

  #giveUp(why: string): void {
    if (this.status === 'closed') return
    this.#connection.abort(new Error(why))
  }

  #onTransportClosed(): void {
    this.status = 'closed'
    this.forgetEarly()
    for (const stream of this.streams) stream.onTransportClosed()
  }
}

/** A stream that nobody wants: the other side may forget it too. */
function letGo(native: NativeStream): void {
  native.resetWrite().catch(ignored)
  native.stopRead().catch(ignored)
}

function ignored(): void {}
