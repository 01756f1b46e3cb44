/** The native part of QUIC as a test has it: nothing comes to pass by itself. */
import { type StreamMuxer, type StreamMuxerFactory, TypedEventEmitter } from '@libp2p/interface'
import type { NativeConnection, NativeStream } from '../../../../../src/network-worker/host/quic/native-quic.ts'
import { QuicMuxer } from '../../../../../src/network-worker/host/quic/quic-muxer.ts'
import type { QuicStream } from '../../../../../src/network-worker/host/quic/quic-stream.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'

type ReadOutcome = PromiseWithResolvers<Uint8Array | undefined>

/** A stream of a peer that takes nothing; what it sends, the test says. */
export class ScriptedStream implements NativeStream {
  /** What was asked for besides bytes, in order. */
  readonly asked: string[] = []
  /** Lengths of the reads so far. */
  readonly reads: number[] = []
  /** What was written so far, whether or not it was taken. */
  readonly written: Uint8Array[] = []
  #reading: ReadOutcome = Promise.withResolvers()
  #writing: PromiseWithResolvers<void> | undefined

  id(): string {
    return '0'
  }

  read(maxBytes: number): Promise<Uint8Array | undefined> {
    this.reads.push(maxBytes)
    return this.#reading.promise
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes)
    this.#writing = Promise.withResolvers()
    return this.#writing.promise
  }

  async finishWrite(): Promise<void> {
    this.asked.push('finish')
  }

  async resetWrite(): Promise<void> {
    this.asked.push('reset')
    await this.#writing?.promise.catch(() => undefined)
  }

  async stopRead(): Promise<void> {
    this.asked.push('stop')
  }

  /** Answers the read that is under way. */
  brings(bytes: Uint8Array): void {
    const reading = this.#reading
    this.#reading = Promise.withResolvers()
    reading.resolve(bytes)
  }

  /** Takes what is being written. */
  takes(): void {
    this.#writing?.resolve()
  }

  breaks(reason: string): void {
    this.#reading.reject(new Error(reason))
  }
}

/** The library's muxer, as far as ours knows it. */
class Acceptor extends TypedEventEmitter<object> {
  readonly init: { readonly connection: NativeConnection }
  onInboundStream: (stream: NativeStream) => void = () => undefined

  constructor(connection: NativeConnection) {
    super()
    this.init = { connection }
  }
}

/** Our muxer on a connection whose streams the test makes. */
export function scriptedMuxer(outboundStream: () => Promise<NativeStream>, maxOutboundStreams = 4) {
  const acceptor = new Acceptor({ outboundStream })
  let made = 0
  const factory: StreamMuxerFactory = {
    protocol: 'quic',
    createStreamMuxer: () => {
      made++
      return acceptor as unknown as StreamMuxer
    },
  }
  const [end] = WireEnd.pair()
  return {
    end,
    accept: (stream: NativeStream) => acceptor.onInboundStream(stream),
    build: () => new QuicMuxer(factory, end, { maxOutboundStreams }),
    made: () => made,
  }
}

/** An open stream of ours, and the native one below it. */
export async function openOne(): Promise<[QuicStream, ScriptedStream]> {
  const native = new ScriptedStream()
  const stream = await scriptedMuxer(async () => native)
    .build()
    .createStream()
  return [stream, native]
}
