import { type EventHandler, type Stream, type StreamMuxerEvents, TypedEventEmitter } from '@libp2p/interface'

/** Streams that may wait to be told of before it is asked which of them have ended: each keeps what came on it. */
const FEW_STREAMS = 64

/**
 * Tells of the streams that the other side opens. Those that come before anybody listens wait: libp2p listens only when the
 * connection is its own. Those that end meanwhile are kept as long as they are few, or fewer than are open, which the muxer bounds.
 */
export class EarlyStreams<MuxedStream extends Stream> extends TypedEventEmitter<StreamMuxerEvents<MuxedStream>> {
  #early: MuxedStream[] = []
  #mostEarly = FEW_STREAMS

  override addEventListener<K extends keyof StreamMuxerEvents<MuxedStream>>(
    type: K,
    listener: EventHandler<StreamMuxerEvents<MuxedStream>[K]> | null,
    options?: Parameters<EventTarget['addEventListener']>[2],
  ): void {
    super.addEventListener(type, listener, options)
    // Later, because listeners are added by constructors that are not finished.
    if (type === 'stream' && this.#early.length > 0) queueMicrotask(() => this.#tellOfEarly())
  }

  /** Tells of a stream, after all that came before it. */
  protected tellOf(stream: MuxedStream): void {
    if (this.listenerCount('stream') === 0 || this.#early.length > 0) this.#keep(stream)
    else this.dispatchEvent(new CustomEvent('stream', { detail: stream }))
  }

  /** Nobody is told of those that wait. */
  protected forgetEarly(): void {
    this.#early = []
  }

  #keep(stream: MuxedStream): void {
    if (this.#early.length >= this.#mostEarly) {
      this.#early = this.#early.filter(({ status }) => status === 'open')
      this.#mostEarly = Math.max(FEW_STREAMS, 2 * this.#early.length)
    }
    this.#early.push(stream)
  }

  #tellOfEarly(): void {
    const early = this.#early
    this.#early = []
    for (const stream of early) this.dispatchEvent(new CustomEvent('stream', { detail: stream }))
  }
}
