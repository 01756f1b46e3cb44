/** Noise over TCP with one system call a frame: native cryptography, and what is sent together written together. */
import { Socket } from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import { COPIED_BYTES, noiseCrypto } from './noise-crypto.ts'

type CreateNoise = ReturnType<typeof noise>
type NoiseEncrypter = ReturnType<CreateNoise>

/** What joining writes needs of libp2p's TCP connection and its types hide. */
interface TcpConnection {
  readonly socket: Socket
  sendData(data: Iterable<Uint8Array> & { readonly byteLength: number; subarray(): Uint8Array }): {
    readonly sentBytes: number
    readonly canSendMore: boolean
  }
}

function isTcpConnection(connection: object): connection is TcpConnection {
  return 'socket' in connection && connection.socket instanceof Socket && 'sendData' in connection
}

/**
 * libp2p's TCP connection hands each piece of a frame (length, ciphertext) to the socket by itself, a system call each.
 * Corked they go as one. @throws Error when @libp2p/tcp is not the version that this was written for
 */
export function joinWrites(connection: object): void {
  if (!isTcpConnection(connection)) throw new Error('libp2p has changed inside: its TCP connection has no socket')
  const { socket } = connection
  connection.sendData = (data) => {
    if (data.byteLength <= COPIED_BYTES) {
      return { sentBytes: data.byteLength, canSendMore: socket.write(data.subarray()) }
    }
    let canSendMore = true
    socket.cork()
    for (const piece of data) canSendMore = socket.write(piece)
    socket.uncork()
    return { sentBytes: data.byteLength, canSendMore }
  }
}

/** The connection encrypter of the TCP transport. */
export function nativeNoise(): (components: Parameters<CreateNoise>[0]) => NoiseEncrypter {
  const create = noise({ crypto: noiseCrypto })
  return (components) => {
    const encrypter = create(components)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    return Object.assign(encrypter, {
      secureInbound: (...[connection, options]: Parameters<typeof secureInbound>) => {
        joinWrites(connection)
        return secureInbound(connection, options)
      },
      secureOutbound: (...[connection, options]: Parameters<typeof secureOutbound>) => {
        joinWrites(connection)
        return secureOutbound(connection, options)
      },
    })
  }
}
