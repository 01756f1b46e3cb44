import {
  type AbortOptions,
  type CreateStreamOptions,
  type Logger,
  type MessageStream,
  type MessageStreamDirection,
  MuxerClosedError,
  type StreamMuxer,
  type StreamMuxerStatus,
  TooManyOutboundProtocolStreamsError,
} from '@libp2p/interface'
import { type Clock, systemClock } from '../../../shared/clock.ts'
import { ConnectionWindows } from '../congestion/connection-windows.ts'
import type { WindowUpkeep } from '../congestion/window-upkeep.ts'
import { isDirectStream } from '../direct-stream.ts'
import { abortable } from '../streams/abortable.ts'
import { EarlyStreams } from '../streams/early-streams.ts'
import { NewStreamRate } from '../streams/new-stream-rate.ts'
import { piecesOf } from '../streams/readable-side.ts'
import { UnreadBudget } from '../streams/unread-budget.ts'
import { FLAG, FRAME_TYPE, GO_AWAY, MAX_UINT32 } from './frame.ts'
import { FrameDecoder, type FrameSink } from './frame-decoder.ts'
import { FrameOutput } from './frame-output.ts'
import { type YamuxOptions, yamuxOptions } from './options.ts'
import { ReceiveWindow } from './receive-window.ts'
import { RoundTrip } from './round-trip.ts'
import { StreamTable } from './stream-table.ts'
import { YamuxProtocolError } from './yamux-error.ts'
import { YamuxStream } from './yamux-stream.ts'

export const YAMUX_PROTOCOL = '/yamux/1.0.0'

/** Of pings that are only to be answered; the round trip's never have it. */
const KEEPING_PING_ID = MAX_UINT32
/** For a go-away to reach a peer that broke the protocol, before the connection is cut. */
const GO_AWAY_MS = 1_000

/** One connection's streams: libp2p's interface above, one connection's bytes below. */
export class YamuxMuxer extends EarlyStreams<YamuxStream> implements StreamMuxer<YamuxStream>, FrameSink {
  readonly protocol = YAMUX_PROTOCOL
  status: StreamMuxerStatus = 'open'
  readonly #connection: MessageStream
  readonly #options: YamuxOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #output: FrameOutput
  readonly #decoder: FrameDecoder
  readonly #windows: ConnectionWindows | undefined
  readonly #roundTrip: RoundTrip
  readonly #table: StreamTable
  readonly #budget: UnreadBudget
  readonly #newStreams: NewStreamRate
  /** The client's ids are odd; the client is who dialled. */
  #nextStreamId: number
  /** Of the data frame that is coming; undefined when its stream is gone. */
  #current: YamuxStream | undefined
  #currentFlags = 0
  #isClosing = false
  #isOver = false

  /** @param upkeep keeps the windows of TCP below, if given */
  constructor(
    connection: MessageStream,
    options: Partial<YamuxOptions> = {},
    clock: Clock = systemClock,
    upkeep?: WindowUpkeep,
  ) {
    super()
    this.#connection = connection
    this.#options = yamuxOptions(options)
    this.#clock = clock
    this.#log = connection.log.newScope('yamux')
    this.#nextStreamId = connection.direction === 'outbound' ? 1 : 2
    this.#windows = upkeep && new ConnectionWindows(upkeep, () => this.#keepBusy())
    this.#output = new FrameOutput(connection, this.#windows && ((bytes) => this.#windows?.onSent(bytes)))
    this.#decoder = new FrameDecoder(this)
    this.#table = new StreamTable(this.#options)
    this.#budget = new UnreadBudget(this.#options.maxUnreadBytes)
    this.#newStreams = new NewStreamRate(clock)
    this.#roundTrip = new RoundTrip(this.#output, clock, this.#options.pingIntervalMs)
    connection.addEventListener('drain', () => this.#output.drain())
    connection.addEventListener('close', () => this.#onTransportClosed())
    if (isDirectStream(connection)) connection.consumeDirectly((bytes) => this.#onBytes(bytes))
    else {
      connection.addEventListener('message', ({ data }) => {
        for (const piece of piecesOf(data)) this.#onBytes(piece)
      })
    }
  }

  get streams(): YamuxStream[] {
    return this.#table.all()
  }

  /** The last round trip measured, ms; 0 until there is one. */
  get rttMs(): number {
    return this.#roundTrip.ms
  }

  /** @throws MuxerClosedError, TooManyOutboundProtocolStreamsError */
  async createStream(options: CreateStreamOptions = {}): Promise<YamuxStream> {
    options.signal?.throwIfAborted()
    if (this.status !== 'open') throw new MuxerClosedError(`Muxer is ${this.status}`)
    const streamId = this.#nextStreamId
    if (streamId > MAX_UINT32) throw new MuxerClosedError('no stream id is left')
    if (!this.#table.hasRoom('outbound')) throw new TooManyOutboundProtocolStreamsError('too many outbound streams')
    this.#nextStreamId += 2
    const stream = this.#newStream(streamId, 'outbound')
    if (options.maxReadBufferLength !== undefined) stream.maxReadBufferLength = options.maxReadBufferLength
    if (options.maxWriteBufferLength !== undefined) stream.maxWriteBufferLength = options.maxWriteBufferLength
    // Whoever opens a stream mostly writes at once, and the first data opens it too.
    setImmediate(() => stream.announce())
    return stream
  }

  /** Closes our half of all streams when what they hold is sent, and says goodbye. */
  async close(options?: AbortOptions): Promise<void> {
    if (this.#isClosing || this.#isOver) return
    this.#isClosing = true
    this.status = 'closing'
    try {
      await abortable(Promise.allSettled(this.streams.map((stream) => stream.close(options))), options?.signal)
      this.#output.control(FRAME_TYPE.goAway, 0, 0, GO_AWAY.normal)
    } finally {
      this.status = 'closed'
      this.#endUpkeep()
    }
  }

  /** Ends all streams at once. The connection is its owner's to end. */
  abort(error: Error): void {
    this.#end(error, GO_AWAY.internalError)
  }

  onHeader(type: number, flags: number, streamId: number, length: number): void {
    if (this.#log.enabled) this.#log('frame type %d flags %d stream %d length %d', type, flags, streamId, length)
    if (type === FRAME_TYPE.ping) this.#onPing(flags, length)
    else if (type === FRAME_TYPE.goAway) this.#onGoAway(length)
    else this.#onStreamHeader(type, flags, streamId, length)
  }

  onPayload(bytes: Uint8Array): void {
    this.#current?.onPayload(bytes)
  }

  onDataEnd(): void {
    const stream = this.#current
    this.#current = undefined
    if (stream !== undefined) this.#onFlags(stream, this.#currentFlags)
  }

  /** What waits for room is on its way already. */
  #keepBusy(): void {
    if (!this.#output.isFull) this.#output.control(FRAME_TYPE.ping, FLAG.syn, 0, KEEPING_PING_ID)
  }

  #onBytes(bytes: Uint8Array): void {
    this.#windows?.onReceived(bytes.length)
    try {
      this.#decoder.push(bytes)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #onStreamHeader(type: number, flags: number, streamId: number, length: number): void {
    if ((flags & FLAG.syn) !== 0) this.#accept(streamId)
    const stream = this.#table.get(streamId)
    if (stream !== undefined && (flags & FLAG.ack) !== 0) stream.onAck()
    if (type === FRAME_TYPE.data) {
      this.#current = stream
      this.#currentFlags = flags
      if (stream !== undefined) stream.onDataHeader(length)
      else if (length > this.#options.maxStreamWindowBytes) throw new YamuxProtocolError('more than any window')
      return
    }
    if (stream === undefined) return
    stream.onWindowUpdate(length)
    this.#onFlags(stream, flags)
  }

  #onFlags(stream: YamuxStream, flags: number): void {
    if ((flags & FLAG.rst) !== 0) stream.onRemoteReset()
    else if ((flags & FLAG.fin) !== 0) stream.onRemoteCloseWrite()
  }

  #accept(streamId: number): void {
    if (streamId % 2 === this.#nextStreamId % 2) throw new YamuxProtocolError('both sides are the client, or neither')
    if (this.#table.has(streamId)) throw new YamuxProtocolError(`stream ${streamId} was opened twice`)
    if (!this.#newStreams.admit()) throw new YamuxProtocolError('streams are opened too fast')
    if (this.status !== 'open' || !this.#table.hasRoom('inbound')) {
      this.#output.answer(FRAME_TYPE.windowUpdate, FLAG.rst, streamId, 0)
      return
    }
    this.tellOf(this.#newStream(streamId, 'inbound'))
  }

  #newStream(streamId: number, direction: MessageStreamDirection): YamuxStream {
    const stream = new YamuxStream(streamId, direction, {
      output: this.#output,
      window: new ReceiveWindow({
        monotonicMs: () => this.#clock.monotonicMs(),
        rttMs: () => this.#roundTrip.ms,
        maxBytes: this.#options.maxStreamWindowBytes,
      }),
      budget: this.#budget,
      log: this.#log.newScope(`${direction}:${streamId}`),
      windows: this.#windows,
      onEstablished: () => this.#table.answered(direction),
      onOver: () => this.#table.delete(streamId),
    })
    this.#table.add(streamId, stream)
    return stream
  }

  #onPing(flags: number, value: number): void {
    if ((flags & FLAG.syn) !== 0) this.#output.answer(FRAME_TYPE.ping, FLAG.ack, 0, value)
    else if ((flags & FLAG.ack) !== 0) this.#roundTrip.onPong(value)
    else throw new YamuxProtocolError('a ping that neither asks nor answers')
  }

  /** A normal one: the other side takes no new streams. Those there are go on, until it closes the connection. */
  #onGoAway(code: number): void {
    if (this.#log.enabled) this.#log('go away %d', code)
    if (code === GO_AWAY.normal) {
      if (this.status === 'open') this.status = 'closing'
      return
    }
    this.#fail(new MuxerClosedError(`the other side went away with code ${code}`))
  }

  /** Ends everything, the connection too; the other side is told why first. */
  #fail(error: Error): void {
    if (this.#log.enabled) this.#log.error('ended: %e', error)
    this.#end(error, error instanceof YamuxProtocolError ? GO_AWAY.protocolError : GO_AWAY.internalError)
    const controller = new AbortController()
    const timer = this.#clock.after(GO_AWAY_MS, () => controller.abort(error))
    this.#connection
      .close({ signal: controller.signal })
      .catch(() => this.#connection.abort(error))
      .finally(() => timer[Symbol.dispose]())
  }

  #end(error: Error, code: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#decoder.stop()
    this.#output.control(FRAME_TYPE.goAway, 0, 0, code)
    this.#output.end()
    for (const stream of this.streams) stream.abort(error)
    this.#finish()
  }

  #onTransportClosed(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#decoder.stop()
    this.#output.end()
    for (const stream of this.streams) stream.onTransportClosed()
    this.#finish()
  }

  #finish(): void {
    this.status = 'closed'
    this.forgetEarly()
    this.#endUpkeep()
  }

  #endUpkeep(): void {
    this.#windows?.end()
    this.#roundTrip[Symbol.dispose]()
  }
}
