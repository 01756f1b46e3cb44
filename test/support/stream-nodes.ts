/** libp2p nodes on loopback that differ in what carries their streams and in nothing else. */
import { noise } from '@chainsafe/libp2p-noise'
import { quic } from '@chainsafe/libp2p-quic'
import type { Libp2p, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { negotiatedStreams } from '../../src/network-worker/host/negotiation/negotiated-streams.ts'
import { ownNoise } from '../../src/network-worker/host/noise/noise-encrypter.ts'
import { ownQuic } from '../../src/network-worker/host/quic/own-quic.ts'
import { ownYamux } from '../../src/network-worker/host/yamux/own-yamux.ts'
import { until } from './until.ts'

/** Which layers a node has: all the library's, our muxer on the library's cipher, or ours on ours; or QUIC. */
export type Layers = 'stock' | 'own muxer' | 'own both' | 'stock QUIC' | 'own QUIC'

export function startNode(layers: Layers): Promise<Libp2p> {
  if (layers === 'stock QUIC' || layers === 'own QUIC') {
    return createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1'] },
      transports: [layers === 'own QUIC' ? ownQuic({ maxOutboundStreams: 512 }) : quic()],
      connectionMonitor: { enabled: false },
    })
  }
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [layers === 'own both' ? ownNoise() : noise()],
    streamMuxers: [layers === 'stock' ? yamux() : negotiatedStreams(ownYamux())],
    connectionMonitor: { enabled: false },
  })
}

/** All that comes on a stream, when the other side has closed its half. Rejects when it is reset. */
export function everything(stream: Stream): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const pieces: Uint8Array[] = []
  stream.addEventListener('message', ({ data }) => {
    pieces.push(data.subarray().slice())
  })
  stream.addEventListener('end', () => {
    if (stream.status !== 'reset' && stream.status !== 'aborted') resolve(Buffer.concat(pieces))
  })
  stream.addEventListener('close', ({ error }) => {
    if (error !== undefined && error !== null) reject(error)
  })
  return promise
}

/** Two nodes and their connection; `protocol` is served by the second. */
export async function connected(
  dialling: Layers,
  listening: Layers,
  protocol: string,
  serve: (stream: Stream) => void | Promise<void>,
) {
  const [near, far] = await Promise.all([startNode(dialling), startNode(listening)])
  await far.handle(protocol, serve, { maxInboundStreams: 512, maxOutboundStreams: 512 })
  const connection = await near.dial(far.getMultiaddrs())
  // Before that the library's own muxer ends the connection at the eleventh stream.
  await until('the other end', () => far.getConnections().length === 1)
  return {
    near,
    far,
    open: () => connection.newStream(protocol, { maxOutboundStreams: 512 }),
    openStreams: () => [...connection.streams, ...far.getConnections().flatMap(({ streams }) => streams)],
    [Symbol.asyncDispose]: async () => {
      await near.stop()
      await far.stop()
    },
  }
}
