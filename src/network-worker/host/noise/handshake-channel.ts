import { addAbortListener } from 'node:events'
import { InvalidCryptoExchangeError, type MessageStream } from '@libp2p/interface'
import { LENGTH_BYTES } from './frame-cutter.ts'

/** A message of the handshake is a frame of 65,537 bytes at most; what an eager peer sends behind its last one waits here. */
const MAX_WAITING_BYTES = 1024 * 1024
/** The first room for what comes; no honest message before the last is longer, and it doubles for one that is. */
const FIRST_ROOM_BYTES = 2048

/** Messages of the handshake over a connection that has nothing but bytes, one at a time. */
export class HandshakeChannel {
  readonly #connection: MessageStream
  /** What came, from `#start` to `#end`. Filled once from front to back, since messages are views of it. */
  #room: Uint8Array = new Uint8Array()
  #start = 0
  #end = 0
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

  /** Lets go of the connection. */
  release(): void {
    this.#stop.abort()
  }

  /**
   * Lets go of the connection after the last message, and gives back what came behind it.
   * @throws InvalidCryptoExchangeError when the connection has ended meanwhile, or more came than was kept
   */
  finish(): Uint8Array {
    this.release()
    if (this.#failure !== undefined) throw this.#failure
    return this.#room.subarray(this.#start, this.#end)
  }

  #cut(): Uint8Array | undefined {
    const start = this.#start + LENGTH_BYTES
    if (start > this.#end) return undefined
    const end = start + (((this.#room[start - 2] ?? 0) << 8) | (this.#room[start - 1] ?? 0))
    if (end > this.#end) return undefined
    this.#start = end
    return this.#room.subarray(start, end)
  }

  async #untilNews(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    using _ = signal === undefined ? undefined : addAbortListener(signal, () => this.#news.reject(signal.reason))
    await this.#news.promise
    this.#news = Promise.withResolvers()
  }

  #add(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return
    const neededBytes = this.#end - this.#start + bytes.length
    if (neededBytes > MAX_WAITING_BYTES) {
      this.#fail('too much was sent during the handshake')
      return
    }
    if (this.#end + bytes.length > this.#room.length) this.#makeRoom(neededBytes)
    this.#room.set(bytes, this.#end)
    this.#end += bytes.length
    this.#news.resolve()
  }

  /** Doubled, so that what comes byte by byte is not copied with each of them. */
  #makeRoom(neededBytes: number): void {
    const room = Buffer.allocUnsafeSlow(Math.max(FIRST_ROOM_BYTES, 2 * neededBytes))
    room.set(this.#room.subarray(this.#start, this.#end))
    this.#room = room
    this.#end -= this.#start
    this.#start = 0
  }

  #fail(reason: string): void {
    this.#failure ??= new InvalidCryptoExchangeError(`noise: ${reason}`)
    this.#news.resolve()
  }
}
