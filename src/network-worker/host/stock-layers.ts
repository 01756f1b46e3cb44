/** The libraries' noise, yamux and QUIC streams, in place of ours (ADR 15, 16, 21): slower, and none of our code. */
import { noise } from '@chainsafe/libp2p-noise'
import { quic } from '@chainsafe/libp2p-quic'
import { yamux } from '@libp2p/yamux'
import type { ConnectionLayers, LayerOptions } from './layers.ts'
import { boundedMplex } from './mplex/bounded-mplex.ts'
import { INITIAL_WINDOW_BYTES } from './yamux/frame.ts'
import { DEFAULT_OPTIONS } from './yamux/options.ts'

/** Of QUIC the library bounds only the streams that the other side opens. */
export function stockLayers({ maxStreams, quic: quicOptions }: LayerOptions): ConnectionLayers {
  return {
    encrypter: noise(),
    muxers: [
      yamux({
        maxInboundStreams: maxStreams,
        maxOutboundStreams: maxStreams,
        // With its default of 10 a connection ends at the eleventh stream that comes before libp2p listens.
        maxEarlyStreams: DEFAULT_OPTIONS.ackBacklog,
        // As ours: by default a window grows to 16 MiB, and there is no bound for all of a connection's together.
        streamOptions: {
          initialStreamWindowSize: INITIAL_WINDOW_BYTES,
          maxStreamWindowSize: DEFAULT_OPTIONS.maxStreamWindowBytes,
        },
      }),
      boundedMplex(maxStreams),
    ],
    quic: quic({ ...quicOptions, maxConcurrentStreamLimit: maxStreams }),
  }
}
