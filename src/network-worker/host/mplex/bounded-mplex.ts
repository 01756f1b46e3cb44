/** @libp2p/mplex for peers that know no other muxer, with the bounds that it announces and does not keep. */
import { type StreamMuxer, type StreamMuxerFactory, serviceCapabilities } from '@libp2p/interface'
import { mplex } from '@libp2p/mplex'
import { type Bytes, piecesOf } from '../streams/readable-side.ts'

/**
 * New streams a second, and frames a second for streams that there are not, after which a connection ends. The library's default
 * of 5 is less than an honest handshake opens (identify, gossip, status, ping, metadata); Req/Resp keeps quotas of its own far below
 * this. Frames for a stream that was just reset are those that were under way.
 */
const EXCESSES_PER_SECOND = 128
/** Handed to the library at once: it looks at all frames of a stretch, 2 bytes each, before it can be stopped. */
const STRETCH_BYTES = 2048

/** The library's muxer, of which its interface does not tell. */
interface MplexMuxer extends StreamMuxer {
  onData: (data: Bytes) => void
}

/** @param maxStreams that may be open at once, each way */
export function boundedMplex(maxStreams: number) {
  return (): StreamMuxerFactory & { readonly [serviceCapabilities]: string[] } => {
    // The second is not in the library's types. At its default of 10 a peer is sent away for streams that come before libp2p listens.
    const init = { disconnectThreshold: EXCESSES_PER_SECOND, maxEarlyStreams: maxStreams }
    const factory = mplex(init)()
    return {
      protocol: factory.protocol,
      [serviceCapabilities]: ['@libp2p/stream-multiplexing'],
      createStreamMuxer: (connection) => {
        const muxer = factory.createStreamMuxer(connection)
        if (!isMplexMuxer(muxer)) throw new TypeError('@libp2p/mplex has another muxer than the one we know')
        endWithMuxer(muxer, connection)
        cutShort(muxer, 2 * maxStreams)
        return muxer
      },
    }
  }
}

/** The library ends its streams, says that it closes the connection, and goes on to look at all that comes. */
function endWithMuxer(muxer: MplexMuxer, connection: Parameters<StreamMuxerFactory['createStreamMuxer']>[0]): void {
  const abort = muxer.abort.bind(muxer)
  muxer.abort = (error) => {
    abort(error)
    connection.abort(error)
  }
}

function cutShort(muxer: MplexMuxer, maxStreams: number): void {
  const onData = muxer.onData.bind(muxer)
  muxer.onData = (data) => {
    for (const piece of piecesOf(data)) {
      for (let at = 0; at < piece.length && muxer.status !== 'closed'; at += STRETCH_BYTES) {
        onData(piece.subarray(at, at + STRETCH_BYTES))
        if (muxer.streams.length > maxStreams) muxer.abort(new Error('too many streams are open'))
      }
    }
  }
}

function isMplexMuxer(muxer: StreamMuxer): muxer is MplexMuxer {
  return 'onData' in muxer && typeof muxer.onData === 'function'
}
