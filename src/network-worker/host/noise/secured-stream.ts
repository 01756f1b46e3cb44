import { once } from 'node:events'
import type { AbortOptions, MessageStream, StreamCloseEvent } from '@libp2p/interface'
import { StreamBufferError, StreamStateError } from '@libp2p/interface'
import { AbstractMessageStream, type SendResult } from '@libp2p/utils'
import { type BufferCollection, bufferCollection } from '../buffer-collection.ts'
import type { DirectStream } from '../direct-stream.ts'
import type { CipherState } from './cipher-state.ts'
import { FrameCutter } from './frame-cutter.ts'
import { FrameRooms } from './frame-rooms.ts'
import { FrameSealer } from './frame-sealer.ts'
import { openWire, type Receive, type Wire } from './wire.ts'
import type { TransportCiphers } from './xx-handshake.ts'

/** What the secured connections of a node share. */
export interface StreamBuffers {
  readonly sealer: FrameSealer
  readonly rooms: FrameRooms
  readonly buffers: Pick<BufferCollection, 'count'>
}

/** For the secured connections of one thread. */
export function streamBuffers(): StreamBuffers {
  const buffers = bufferCollection()
  return { buffers, sealer: new FrameSealer(buffers), rooms: new FrameRooms() }
}

type Sent = Parameters<MessageStream['send']>[0]

/**
 * Bytes waiting here for a peer that does not read. Our yamux hands over nothing but control frames then. Each stream of
 * mplex hands over all it holds whenever the connection drains, though another has filled it again: two of the longest
 * messages and all that gossip hands to a stream beside them must not cut off a peer that is merely slow.
 */
const MAX_WAITING_BYTES = 32 * 1024 * 1024
/**
 * Pieces of them: each costs some 200 bytes beside its own, and frames that a peer makes us send have a few. What gossip
 * hands to a stream, 256 KiB and a message more, is 5,000 of its shortest.
 */
const MAX_WAITING_PIECES = 65_536

/**
 * A connection after the handshake: what is sent leaves as noise frames, what comes is opened. In the usual case each
 * way is function calls between the socket and the muxer; lists and events are for when one of both must wait.
 */
export class SecuredStream extends AbstractMessageStream implements DirectStream {
  readonly #connection: MessageStream
  readonly #wire: Wire
  readonly #sending: CipherState
  readonly #receiving: CipherState
  readonly #sealer: FrameSealer
  readonly #buffers: Pick<BufferCollection, 'count'>
  readonly #cutter: FrameCutter
  #consume: Receive | undefined
  #waitingPieces = 0

  /**
   * @param early what the other side sent right behind its last message of the handshake
   * @param sealer of all connections, as are the rooms of frames that come in pieces
   * @param buffers told of the arrays that are made of what comes
   */
  constructor(
    connection: MessageStream,
    { sending, receiving }: TransportCiphers,
    early: Uint8Array,
    { sealer, rooms, buffers }: StreamBuffers,
  ) {
    const { log, inactivityTimeout, maxReadBufferLength, direction } = connection
    super({ log, inactivityTimeout, maxReadBufferLength, direction })
    this.maxWriteBufferLength = MAX_WAITING_BYTES
    this.#connection = connection
    this.#sending = sending
    this.#receiving = receiving
    this.#sealer = sealer
    this.#buffers = buffers
    this.#cutter = new FrameCutter((bytes, start, end) => this.#open(bytes, start, end), rooms)
    connection.addEventListener('close', (event) => this.#onClose(event))
    connection.addEventListener('drain', () => this.#onDrain())
    connection.addEventListener('remoteCloseWrite', () => this.onRemoteCloseWrite())
    this.#wire = openWire(connection, (bytes) => this.#receive(bytes))
    if (early.length > 0) this.#receive(early)
  }

  override send(data: Sent): boolean {
    return this.sendPieces(data instanceof Uint8Array ? [data] : [...data])
  }

  sendPieces(pieces: readonly Uint8Array[], firstBytes?: number): boolean {
    if (this.writeStatus !== 'writable') {
      throw new StreamStateError(`Cannot write to a stream that is ${this.writeStatus}`)
    }
    if (this.writableNeedsDrain || this.writeBuffer.byteLength > 0) {
      return this.#sendLater(pieces)
    }
    let bytes = 0
    for (const piece of pieces) bytes += piece.length
    if (bytes === 0) return true
    if (this.#connection.status !== 'open') throw new StreamStateError('The connection is being closed')
    try {
      const canSendMore = this.#seal(pieces, bytes, firstBytes)
      this.writableNeedsDrain = !canSendMore
      return canSendMore
    } catch (error) {
      this.abort(asError(error))
      throw error
    }
  }

  /** Puts pieces behind those that wait. One too many ends the connection. */
  #sendLater(pieces: readonly Uint8Array[]): boolean {
    for (const piece of pieces) this.writeBuffer.append(piece)
    this.#waitingPieces += pieces.length
    if (this.#waitingPieces <= MAX_WAITING_PIECES) return this.processSendQueue()
    this.abort(new StreamBufferError(`${this.#waitingPieces} pieces wait for a peer that does not read`))
    return false
  }

  consumeDirectly(consume: Receive): void {
    this.#consume = consume
    // Whatever had to wait comes this way, and in its turn.
    this.addEventListener('message', ({ data }) => {
      try {
        if (data instanceof Uint8Array) consume(data)
        else
          for (const piece of data) {
            if (this.readStatus === 'closed') return // ended by whoever took the one before
            consume(piece)
          }
      } catch (error) {
        this.abort(asError(error))
      }
    })
  }

  override sendData(data: Exclude<Sent, Uint8Array>): SendResult {
    // What waited longer than the connection lives is lost; that is no reason to reset what it still has to send.
    if (this.#connection.status !== 'open') return { sentBytes: 0, canSendMore: false }
    this.#waitingPieces = 0 // libp2p hands over all that waits at once
    return { sentBytes: data.byteLength, canSendMore: this.#seal([...data], data.byteLength) }
  }

  override sendReset(error: Error): void {
    this.#connection.abort(error)
  }

  override sendPause(): void {
    if (this.#hasConnection) this.#connection.pause()
  }

  /** Called after what waited was given out: whoever took it may have paused again, or ended the connection. */
  override sendResume(): void {
    if (this.#hasConnection && this.readStatus === 'readable') this.#connection.resume()
  }

  override async close(options?: AbortOptions): Promise<void> {
    if (this.status !== 'open') return
    this.status = 'closing'
    this.writeStatus = 'closing'
    if (this.writeBuffer.byteLength > 0) await this.#idle(options)
    await this.#connection.close(options)
  }

  /** False when there is nothing below to pause: what came before the end may still wait here to be read. */
  get #hasConnection(): boolean {
    return this.#connection.status === 'open' || this.#connection.status === 'closing'
  }

  /** When all that waited has been handed on. @throws when the connection ends, or the signal fires, before */
  async #idle({ signal }: AbortOptions = {}): Promise<void> {
    const ended = new AbortController()
    this.addEventListener('close', () => ended.abort(new StreamStateError('The connection ended')), { once: true })
    await once(this, 'idle', { signal: AbortSignal.any([ended.signal, ...(signal === undefined ? [] : [signal])]) })
  }

  /** False when no more should come before the connection drains. */
  #seal(pieces: readonly Uint8Array[], bytes: number, firstBytes?: number): boolean {
    const sealed = this.#sealer.seal(this.#sending, pieces, bytes, this.#wire.isIdle, firstBytes)
    const canSendMore = this.#wire.write(sealed)
    if (!this.#wire.isIdle) this.#sealer.giveAway(sealed)
    return canSendMore
  }

  #receive(bytes: Uint8Array): void {
    try {
      this.#cutter.push(bytes)
      if (this.readBuffer.byteLength > 0) this.dispatchReadBuffer()
    } catch (error) {
      // What came before is good, and whoever listens may have it.
      if (this.readBuffer.byteLength > 0) this.dispatchReadBuffer()
      this.abort(asError(error))
    }
  }

  /** False when nobody reads any more. @throws Error when the frame is not what the other side sealed */
  #open(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.readStatus !== 'readable' && this.readStatus !== 'paused') return false
    const plaintext = this.#receiving.openInPlace(bytes, start, end)
    if (plaintext.length === 0) return true
    if (this.#consume !== undefined && this.readStatus === 'readable' && this.readBuffer.byteLength === 0) {
      this.#consume(plaintext)
    } else {
      this.#buffers.count(plaintext.length)
      this.readBuffer.append(new Uint8Array(plaintext))
    }
    return true
  }

  #onDrain(): void {
    if (this.writableNeedsDrain) this.safeDispatchEvent('drain')
  }

  #onClose({ error, local }: StreamCloseEvent): void {
    if (error === undefined || error === null) this.onTransportClosed()
    else if (local === true) this.abort(error)
    else this.onRemoteReset()
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
