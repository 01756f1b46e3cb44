/** What connections are made of, by choice: noise, yamux, QUIC and negotiation of our own, or the libraries' (ADR 30). */
import type { QuicOptions } from '@chainsafe/libp2p-quic'
import type { Libp2pOptions } from 'libp2p'
import type { Layers } from '../../config/address-settings.ts'
import { systemClock } from '../../shared/clock.ts'
import type { WindowUpkeep } from './congestion/window-upkeep.ts'
import { boundedMplex } from './mplex/bounded-mplex.ts'
import { negotiatedMuxer } from './negotiation/negotiated-muxer.ts'
import { negotiatedStreams } from './negotiation/negotiated-streams.ts'
import { ownNoise } from './noise/noise-encrypter.ts'
import { ownQuic } from './quic/own-quic.ts'
import { ownYamux } from './yamux/own-yamux.ts'

type OneOf<List> = List extends readonly (infer Item)[] ? Item : never

export interface ConnectionLayers {
  readonly encrypter: OneOf<NonNullable<Libp2pOptions['connectionEncrypters']>>
  /** The one that we like best first. */
  readonly muxers: OneOf<NonNullable<Libp2pOptions['streamMuxers']>>[]
  readonly quic: OneOf<NonNullable<Libp2pOptions['transports']>>
}

export interface LayerOptions {
  /** Streams that a connection may have open, each way. */
  readonly maxStreams: number
  /** Of the native part of QUIC, which is the library's in either case. */
  readonly quic: Partial<QuicOptions>
  /** Of our own yamux; undefined for none. */
  readonly windowUpkeep: WindowUpkeep | undefined
}

/** The libraries' are loaded only when they are asked for: 6 MB. */
export async function connectionLayers(layers: Layers, options: LayerOptions): Promise<ConnectionLayers> {
  if (layers === 'own') return ownLayers(options)
  const { stockLayers } = await import('./stock-layers.ts')
  return stockLayers(options)
}

function ownLayers({ maxStreams, quic, windowUpkeep }: LayerOptions): ConnectionLayers {
  return {
    encrypter: negotiatedMuxer(ownNoise()),
    muxers: [
      negotiatedStreams(
        ownYamux({ maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams }, systemClock, windowUpkeep),
      ),
      negotiatedStreams(boundedMplex(maxStreams)),
    ],
    quic: ownQuic({ ...quic, maxConcurrentStreamLimit: maxStreams, maxOutboundStreams: maxStreams }),
  }
}
