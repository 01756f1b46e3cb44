import { addAbortListener } from 'node:events'
import { InvalidCryptoExchangeError, type MessageStream } from '@libp2p/interface'
import { LENGTH_BYTES } from './frame-cutter.ts'

/** A message of the handshake is a frame of 65,537 bytes at most; what an eager peer sends behind its last one waits here. */
const MAX_WAITING_BYTES = 1024 * 1024

/** Messages of the handshake over a connection that has nothing but bytes, one at a time. */
export class HandshakeChannel {
  readonly #connection: MessageStream
  #waiting: Uint8Array = Buffer.alloc(0)
  #failure: Error | undefined
  /** Told when bytes come or none will. */
  #news = Promise.withResolvers<void>()
  readonly #stop = new AbortController()

  constructor(connection: MessageStream) {
    this.#connection = connection
    const { signal } = this.#stop
    connection.addEventListener('message', ({ data }) => this.#add(data.subarray()), { signal })
    connection.addEventListener('close', () => this.#fail('the connection ended'), { signal })
    connection.addEventListener('remoteCloseWrite', () => this.#fail('the other side sends no more'), { signal })
    if (connection.status !== 'open') this.#fail('the connection has ended')
  }

  /** The other side's next message. @throws InvalidCryptoExchangeError when the connection ends before; the signal's reason */
  async read(signal: AbortSignal | undefined): Promise<Uint8Array> {
    for (;;) {
      const message = this.#cut()
      if (message !== undefined) return message
      if (this.#failure !== undefined) throw this.#failure
      await this.#untilNews(signal)
    }
  }

  /** When there is room for more. @throws Error when the connection ends, or the signal fires, before */
  async write(message: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const length = Uint8Array.of(message.length >> 8, message.length & 0xff)
    if (this.#connection.send(Buffer.concat([length, message]))) return
    await this.#connection.onDrain(signal === undefined ? {} : { signal })
  }

  /** Lets go of the connection. What came behind the last message is given back. */
  release(): Uint8Array {
    this.#stop.abort()
    const rest = this.#waiting
    this.#waiting = Buffer.alloc(0)
    return rest
  }

  #cut(): Uint8Array | undefined {
    const bytes = this.#waiting
    if (bytes.length < LENGTH_BYTES) return undefined
    const end = LENGTH_BYTES + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0))
    if (bytes.length < end) return undefined
    this.#waiting = bytes.subarray(end)
    return bytes.subarray(LENGTH_BYTES, end)
  }

  async #untilNews(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    using _ = signal === undefined ? undefined : addAbortListener(signal, () => this.#news.reject(signal.reason))
    await this.#news.promise
    this.#news = Promise.withResolvers()
  }

  #add(bytes: Uint8Array): void {
    if (this.#waiting.length + bytes.length > MAX_WAITING_BYTES) {
      this.#fail('too much was sent during the handshake')
      return
    }
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes])
    this.#news.resolve()
  }

  #fail(reason: string): void {
    this.#failure ??= new InvalidCryptoExchangeError(`noise: ${reason}`)
    this.#news.resolve()
  }
}
