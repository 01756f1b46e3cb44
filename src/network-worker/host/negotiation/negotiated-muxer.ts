import type { ConnectionEncrypter, SecuredConnection, StreamMuxerFactory, Upgrader } from '@libp2p/interface'
import { agreedProtocol } from './agreed-protocol.ts'

interface Components {
  readonly upgrader: Pick<Upgrader, 'getStreamMuxers'>
}

/**
 * An encrypter after whose handshake the muxer is agreed on as well, where the other side dialled and did not name its muxers in the
 * handshake: otherwise libp2p negotiates, without a bound.
 */
export function negotiatedMuxer<Given extends Components, Extension>(
  create: (components: Given) => ConnectionEncrypter<Extension>,
) {
  return (components: Given): ConnectionEncrypter<Extension> => {
    const encrypter = create(components)
    const secure = encrypter.secureInbound.bind(encrypter)
    encrypter.secureInbound = async (connection, options = {}) => {
      const secured = await secure(connection, options)
      const muxers = components.upgrader.getStreamMuxers()
      const isAgreed = secured.streamMuxer !== undefined || options.skipStreamMuxerNegotiation === true
      return isAgreed || muxers.size === 0 ? secured : await withMuxer(secured, muxers, options.signal)
    }
    return encrypter
  }
}

async function withMuxer<Extension>(
  secured: SecuredConnection<Extension>,
  muxers: ReadonlyMap<string, StreamMuxerFactory>,
  signal: AbortSignal | undefined,
): Promise<SecuredConnection<Extension>> {
  const streamMuxer = muxers.get(await agreedProtocol(secured.connection, [...muxers.keys()], signal))
  return { ...secured, ...(streamMuxer !== undefined && { streamMuxer }) }
}
