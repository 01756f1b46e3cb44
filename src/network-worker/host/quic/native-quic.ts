/** What of @chainsafe/libp2p-quic is not in its types: the connection and the streams of its native part. */
import { type MessageStream, MuxerClosedError, type StreamMuxer, type StreamMuxerFactory } from '@libp2p/interface'

/** A stream of QUIC. Each call is a promise that is settled from another thread; calls of one direction take turns. */
export interface NativeStream {
  id(): string
  /** At most `maxBytes`, for which it makes an array of that length; undefined or null at the end. Rejects when there is none. */
  read(maxBytes: number): Promise<Uint8Array | null | undefined>
  /** Settles once QUIC has taken all of it. The bytes must not change before. */
  write(bytes: Uint8Array): Promise<void>
  finishWrite(): Promise<void>
  resetWrite(): Promise<void>
  stopRead(): Promise<void>
}

export interface NativeConnection {
  outboundStream(): Promise<NativeStream>
}

/** The library's muxer, of which nothing is used but that it accepts streams. */
interface Acceptor extends StreamMuxer {
  readonly init: { readonly connection: NativeConnection }
  onInboundStream: (stream: NativeStream) => void
}

/**
 * Takes the connection from the library's muxer, which goes on accepting streams until the connection ends.
 * @param onStream gets each stream that the other side opens
 * @throws TypeError when the library is not the one that this was written for; MuxerClosedError when the connection has
 * ended: the library waits for that to stop accepting, and would ask for streams in a loop for ever
 */
export function takeConnection(
  factory: StreamMuxerFactory,
  connection: MessageStream,
  onStream: (stream: NativeStream) => void,
): NativeConnection {
  if (connection.status !== 'open') throw new MuxerClosedError('the connection has ended')
  const muxer = factory.createStreamMuxer(connection)
  if (!isAcceptor(muxer)) throw new TypeError('@chainsafe/libp2p-quic has another muxer than the one we know')
  muxer.onInboundStream = onStream
  return muxer.init.connection
}

function isAcceptor(muxer: StreamMuxer): muxer is Acceptor {
  if (!('onInboundStream' in muxer) || typeof muxer.onInboundStream !== 'function') return false
  if (!('init' in muxer) || typeof muxer.init !== 'object' || muxer.init === null) return false
  if (!('connection' in muxer.init) || typeof muxer.init.connection !== 'object') return false
  const { connection } = muxer.init
  return connection !== null && 'outboundStream' in connection && typeof connection.outboundStream === 'function'
}
