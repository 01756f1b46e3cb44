import { Socket } from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionEncrypter, MultiaddrConnection, PrivateKey } from '@libp2p/interface'
import { ownNoise } from '../../../src/network-worker/host/noise/noise-encrypter.ts'
import { SecuredStream } from '../../../src/network-worker/host/noise/secured-stream.ts'
import { type TcpPair, tcpPair } from '../../support/tcp-pair.ts'

/** The stock encrypter uses more of libp2p's components than ours; none of it matters between two ends without a node. */
export const ENCRYPTERS: Readonly<Record<'own' | 'stock', (privateKey: PrivateKey) => ConnectionEncrypter>> = {
  own: (privateKey) => ownNoise()({ privateKey, upgrader: { getStreamMuxers: () => new Map() } }),
  stock: (privateKey) =>
    noise()({
      privateKey,
      upgrader: { getStreamMuxers: () => new Map() },
      logger: { forComponent: () => log },
    } as unknown as Parameters<ReturnType<typeof noise>>[0]),
}

const silent = Object.assign(() => undefined, { error: () => undefined, trace: () => undefined, enabled: false })
const log: MultiaddrConnection['log'] = Object.assign(silent, { newScope: () => log })

export interface SecuredPair extends AsyncDisposable {
  /** The end that dialled, and the one that accepted. */
  readonly near: SecuredStream
  readonly far: SecuredStream
  readonly raw: TcpPair
}

/** Two ends of ours after their handshake, over loopback. */
export async function securedPair(): Promise<SecuredPair> {
  const raw = await tcpPair()
  const [near, far] = await Promise.all([
    ENCRYPTERS.own(await generateKeyPair('secp256k1')).secureOutbound(raw.dialled),
    ENCRYPTERS.own(await generateKeyPair('secp256k1')).secureInbound(raw.accepted),
  ])
  const streams = [near.connection, far.connection]
  const [first, second] = streams
  if (!(first instanceof SecuredStream && second instanceof SecuredStream)) throw new Error('not streams of ours')
  return { near: first, far: second, raw, [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose]() }
}

/** All that comes, as one. */
export function collect(stream: SecuredStream, isDirect: boolean): { readonly bytes: () => Buffer } {
  const chunks: Uint8Array[] = []
  if (isDirect) stream.consumeDirectly((bytes) => chunks.push(new Uint8Array(bytes)))
  else stream.addEventListener('message', ({ data }) => chunks.push(data.subarray()))
  return { bytes: () => Buffer.concat(chunks) }
}

/** To write to the other side what no encrypter would. */
export function socketOf(connection: MultiaddrConnection): Socket {
  if ('socket' in connection && connection.socket instanceof Socket) return connection.socket
  throw new Error("libp2p's TCP connection has no socket")
}
