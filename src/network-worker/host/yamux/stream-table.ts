import type { MessageStreamDirection } from '@libp2p/interface'
import type { YamuxOptions } from './options.ts'
import type { YamuxStream } from './yamux-stream.ts'

/** The streams of one connection by id, within their bounds. */
export class StreamTable {
  readonly #streams = new Map<number, YamuxStream>()
  readonly #options: Pick<YamuxOptions, 'maxInboundStreams' | 'maxOutboundStreams' | 'ackBacklog'>
  readonly #open = { inbound: 0, outbound: 0 }
  readonly #unanswered = { inbound: 0, outbound: 0 }

  constructor(options: Pick<YamuxOptions, 'maxInboundStreams' | 'maxOutboundStreams' | 'ackBacklog'>) {
    this.#options = options
  }

  get(streamId: number): YamuxStream | undefined {
    return this.#streams.get(streamId)
  }

  has(streamId: number): boolean {
    return this.#streams.has(streamId)
  }

  /** A copy: whoever goes through it may end streams. */
  all(): YamuxStream[] {
    return [...this.#streams.values()]
  }

  hasRoom(direction: MessageStreamDirection): boolean {
    const { maxInboundStreams, maxOutboundStreams, ackBacklog } = this.#options
    const maxOpen = direction === 'inbound' ? maxInboundStreams : maxOutboundStreams
    return this.#open[direction] < maxOpen && this.#unanswered[direction] < ackBacklog
  }

  add(streamId: number, stream: YamuxStream): void {
    this.#streams.set(streamId, stream)
    this.#open[stream.direction]++
    this.#unanswered[stream.direction]++
  }

  /** The stream was accepted; once a stream. */
  answered(direction: MessageStreamDirection): void {
    this.#unanswered[direction]--
  }

  delete(streamId: number): void {
    const stream = this.#streams.get(streamId)
    if (stream !== undefined && this.#streams.delete(streamId)) this.#open[stream.direction]--
  }
}
