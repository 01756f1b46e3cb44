/** libp2p nodes on loopback that differ in their muxer and in nothing else. */
import { noise } from '@chainsafe/libp2p-noise'
import type { Libp2p, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { ownNoise } from '../../../../src/network-worker/host/noise/noise-encrypter.ts'
import { ownYamux } from '../../../../src/network-worker/host/yamux/own-yamux.ts'
import { until } from '../../../support/until.ts'

/** Which layers a node has: all the library's, our muxer on the library's cipher, or ours on ours. */
export type Layers = 'stock' | 'own muxer' | 'own both'

export function startNode(layers: Layers): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [layers === 'own both' ? ownNoise() : noise()],
    streamMuxers: [layers === 'stock' ? yamux() : ownYamux()],
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
