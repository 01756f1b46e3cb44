import { type QuicComponents, type QuicOptions, quic } from '@chainsafe/libp2p-quic'
import type { MultiaddrConnection, StreamMuxerFactory, Transport, Upgrader } from '@libp2p/interface'
import { type MuxerComponents, withNegotiation } from '../negotiation/negotiated-streams.ts'
import { QuicMuxer, type QuicMuxerOptions } from './quic-muxer.ts'

type UpgradeOptions = Parameters<Upgrader['upgradeOutbound']>[1] & Parameters<Upgrader['upgradeInbound']>[1]

/**
 * @chainsafe/libp2p-quic with streams of our own: the same native part, fewer and longer reads, writes that go together,
 * and a reader that is asked to wait stops the other side.
 */
export function ownQuic({ maxOutboundStreams, ...options }: Partial<QuicOptions> & QuicMuxerOptions) {
  const stock = quic(options)
  const bounds = { maxOutboundStreams }
  return (components: QuicComponents & MuxerComponents): Transport => {
    const transport = stock(components)
    const ownMuxers = (factory: StreamMuxerFactory): StreamMuxerFactory =>
      withNegotiation(ownFactory(factory, bounds), components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    transport.dial = (address, dialOptions) =>
      dial(address, { ...dialOptions, upgrader: withOwnMuxers(dialOptions.upgrader, ownMuxers) })
    transport.createListener = (listenOptions) =>
      createListener({ ...listenOptions, upgrader: withOwnMuxers(listenOptions.upgrader, ownMuxers) })
    return transport
  }
}

/** The upgrader, given our muxer where the transport gives it the library's. */
function withOwnMuxers(upgrader: Upgrader, ownMuxers: (factory: StreamMuxerFactory) => StreamMuxerFactory): Upgrader {
  const ownMuxer = (options: UpgradeOptions): UpgradeOptions =>
    options.muxerFactory === undefined ? options : { ...options, muxerFactory: ownMuxers(options.muxerFactory) }
  return {
    upgradeOutbound: (connection: MultiaddrConnection, options: UpgradeOptions) =>
      upgrader.upgradeOutbound(connection, ownMuxer(options)),
    upgradeInbound: (connection: MultiaddrConnection, options: UpgradeOptions) =>
      upgrader.upgradeInbound(connection, ownMuxer(options)),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
  }
}

function ownFactory(factory: StreamMuxerFactory, bounds: QuicMuxerOptions): StreamMuxerFactory<QuicMuxer> {
  return {
    protocol: factory.protocol,
    createStreamMuxer: (connection) => new QuicMuxer(factory, connection, bounds),
  }
}
