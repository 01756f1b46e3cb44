import { noise } from '@chainsafe/libp2p-noise'
import type { Libp2p, StreamMuxerFactory } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

type Yamux = ReturnType<typeof yamux>

/** Takes every stream, and hands none on to those who would agree on a protocol. */
function deafYamux(...components: Parameters<Yamux>): StreamMuxerFactory {
  const factory = yamux()(...components)
  return {
    protocol: factory.protocol,
    createStreamMuxer(connection) {
      const muxer = factory.createStreamMuxer(connection)
      muxer.addEventListener('stream', (event) => event.stopImmediatePropagation())
      return muxer
    },
  }
}

/** A libp2p node on loopback that takes connections, and on them every stream, and never answers one. */
export async function deafNode(): Promise<Libp2p & AsyncDisposable> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    streamMuxers: [deafYamux],
    connectionEncrypters: [noise()],
    connectionManager: { inboundConnectionThreshold: Number.POSITIVE_INFINITY },
  })
  return Object.assign(node, { [Symbol.asyncDispose]: async () => node.stop() })
}
