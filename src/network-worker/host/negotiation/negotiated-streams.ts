import { type Stream, type StreamMuxer, type StreamMuxerFactory, serviceCapabilities } from '@libp2p/interface'
import { type Clock, systemClock } from '../../../shared/clock.ts'
import { agreedProtocol } from './agreed-protocol.ts'

/** From the stream's first frame; libp2p's own. */
const NEGOTIATION_MS = 10_000

/** What libp2p gives to a muxer of what it has. */
export interface MuxerComponents {
  readonly registrar: { getProtocols(): string[] }
}

/**
 * Muxers that tell of a stream only when it is agreed what for: libp2p takes a stream that has its protocol as it is, and does
 * not negotiate. Its own way is one chain of microtasks for all that has come, and keeps what comes meanwhile beyond every bound.
 */
export function negotiatedStreams(create: () => StreamMuxerFactory, clock: Clock = systemClock) {
  return (components: MuxerComponents): StreamMuxerFactory & { readonly [serviceCapabilities]: string[] } =>
    withNegotiation(create(), components, clock)
}

/** As `negotiatedStreams`, of one factory. @param components are looked at when a stream comes: libp2p may not be whole before */
export function withNegotiation(factory: StreamMuxerFactory, components: MuxerComponents, clock: Clock = systemClock) {
  return {
    protocol: factory.protocol,
    [serviceCapabilities]: ['@libp2p/stream-multiplexing'],
    createStreamMuxer: (connection: Parameters<StreamMuxerFactory['createStreamMuxer']>[0]): StreamMuxer => {
      const muxer = factory.createStreamMuxer(connection)
      const dispatch = muxer.dispatchEvent.bind(muxer)
      muxer.dispatchEvent = (event) => {
        if (!isOfNewStream(event)) return dispatch(event)
        void negotiate(event.detail, components.registrar.getProtocols(), clock).then((isAgreed) => {
          if (isAgreed) dispatch(event)
        })
        return true
      }
      return muxer
    },
  }
}

function isOfNewStream(event: Event): event is CustomEvent<Stream> {
  return event.type === 'stream'
}

/** @returns false when the stream is over */
async function negotiate(stream: Stream, protocols: readonly string[], clock: Clock): Promise<boolean> {
  const deadline = new AbortController()
  using _ = clock.after(NEGOTIATION_MS, () => deadline.abort(new Error('no protocol was agreed on in time')))
  try {
    stream.protocol = await agreedProtocol(stream, protocols, deadline.signal)
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  }
  return stream.status === 'open'
}
