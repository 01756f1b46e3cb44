import type { YamuxOptions } from '../../../../../src/network-worker/host/yamux/options.ts'
import { YamuxMuxer } from '../../../../../src/network-worker/host/yamux/yamux-muxer.ts'
import type { YamuxStream } from '../../../../../src/network-worker/host/yamux/yamux-stream.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { settle, WireEnd } from '../../../../support/memory-wire.ts'
import { framesIn } from './frames.ts'

/** Everything a stream brought, until now. */
export class Reader {
  readonly events: string[] = []
  #bytes: Uint8Array[] = []

  constructor(stream: YamuxStream) {
    stream.addEventListener('message', ({ data }) => {
      this.#bytes.push(data.subarray().slice())
    })
    for (const name of ['remoteCloseWrite', 'end', 'close', 'drain'] as const) {
      stream.addEventListener(name, () => this.events.push(name))
    }
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#bytes)
  }
}

/** Two muxers of ours on a wire in memory. */
export class MuxerPair {
  readonly clock = new FakeClock()
  readonly clientEnd: WireEnd
  readonly serverEnd: WireEnd
  readonly client: YamuxMuxer
  readonly server: YamuxMuxer
  /** Streams the server got, oldest first. */
  readonly accepted: YamuxStream[] = []

  constructor(options: Partial<YamuxOptions> = {}, capacityBytes?: number) {
    const [clientEnd, serverEnd] = WireEnd.pair(capacityBytes)
    this.clientEnd = clientEnd
    this.serverEnd = serverEnd
    this.client = new YamuxMuxer(clientEnd, options, this.clock)
    this.server = new YamuxMuxer(serverEnd, options, this.clock)
    this.server.addEventListener('stream', ({ detail }) => {
      this.accepted.push(detail)
    })
  }

  settle(): Promise<void> {
    return settle(this.clientEnd, this.serverEnd)
  }

  /** A stream that the server has, too. */
  async open(): Promise<[YamuxStream, YamuxStream]> {
    const near = await this.client.createStream()
    await this.settle()
    const far = this.accepted.at(-1)
    if (far === undefined) throw new Error('no stream came')
    return [near, far]
  }
}

/** A server of ours, and a client that is written by hand: what it sends, and what comes back. */
export class ByHand {
  readonly clock = new FakeClock()
  readonly end: WireEnd
  readonly muxer: YamuxMuxer
  readonly accepted: YamuxStream[] = []
  readonly #sent: Uint8Array[] = []

  constructor(options: Partial<YamuxOptions> = {}, capacityBytes?: number) {
    const [, serverEnd] = WireEnd.pair(capacityBytes)
    this.end = serverEnd
    this.muxer = new YamuxMuxer(serverEnd, options, this.clock)
    serverEnd.waiting.length = 0 // its first ping
    const send = serverEnd.send.bind(serverEnd)
    serverEnd.send = (bytes) => {
      this.#sent.push(bytes.subarray())
      return send(bytes)
    }
    this.muxer.addEventListener('stream', ({ detail }) => {
      this.accepted.push(detail)
    })
  }

  send(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.end.deliverHere(frame)
  }

  /** Frames sent to the client since the last call. */
  take() {
    return framesIn(this.#sent.splice(0))
  }
}
