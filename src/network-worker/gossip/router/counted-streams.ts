import type { PeerIdStr } from '../../../shared/ids.ts'
import type { WireCounts } from '../wire/wire-counts.ts'
import type { OutboundStream } from './gossipsub-internals.ts'

/** What streams of our own muxers offer beside libp2p's interface (host/streams/writable-side.ts). */
interface TogetherStream {
  sendTogether(front: Uint8Array, rest: Uint8Array): boolean
}

function sendsTogether(stream: object): stream is TogetherStream {
  return 'sendTogether' in stream && typeof stream.sendTogether === 'function'
}

/**
 * Gossipsub's outbound streams by peer, in place of its own map: whatever is sent on one of them, by upstream or by us,
 * goes through `pushPrefixed` or `pushTogether`, and upstream's first RPC goes out as soon as the stream is in here.
 */
export class CountedStreams extends Map<PeerIdStr, OutboundStream> {
  readonly #counts: WireCounts

  constructor(counts: WireCounts) {
    super()
    this.#counts = counts
  }

  override set(peerId: PeerIdStr, stream: OutboundStream): this {
    const counts = this.#counts
    const push = stream.pushPrefixed.bind(stream)
    stream.pushPrefixed = (frame) => {
      push(frame)
      counts.sentFrame(frame.length)
    }
    const { rawStream } = stream
    if (sendsTogether(rawStream)) {
      stream.pushTogether = (front, frame) => {
        rawStream.sendTogether(front, frame)
        counts.sentFrame(front.length)
        counts.sentFrame(frame.length)
      }
    }
    return super.set(peerId, stream)
  }
}
