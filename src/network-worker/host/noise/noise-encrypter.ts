import {
  type ConnectionEncrypter,
  InvalidCryptoExchangeError,
  type MessageStream,
  type PrivateKey,
  type SecureConnectionOptions,
  type SecuredConnection,
  type StreamMuxerFactory,
  serviceCapabilities,
  type Upgrader,
} from '@libp2p/interface'
import { HandshakeChannel } from './handshake-channel.ts'
import {
  encodePayload,
  type Identity,
  type NoiseExtensions,
  signStaticKey,
  verifyPayload,
} from './handshake-payload.ts'
import { SecuredStream, streamBuffers } from './secured-stream.ts'
import { generateKeyPair } from './x25519.ts'
import { type HandshakeOptions, XxHandshake } from './xx-handshake.ts'

type Role = HandshakeOptions['role']

/** What libp2p gives to a connection encrypter of what it has. */
export interface NoiseComponents {
  readonly privateKey: PrivateKey
  readonly upgrader: Pick<Upgrader, 'getStreamMuxers'>
}

interface Introduced {
  readonly identity: Identity
  readonly handshake: XxHandshake
}

/** libp2p's noise as a connection encrypter (libp2p specs, noise/README.md, r5). One static key for the life of the node. */
export function ownNoise(): (components: NoiseComponents) => ConnectionEncrypter<NoiseExtensions> {
  return (components) => new NoiseEncrypter(components)
}

class NoiseEncrypter implements ConnectionEncrypter<NoiseExtensions> {
  readonly protocol = '/noise'
  readonly [Symbol.toStringTag] = 'starling-noise'
  readonly [serviceCapabilities]: readonly string[] = ['@libp2p/connection-encryption']
  readonly #components: NoiseComponents
  readonly #staticKeys = generateKeyPair()
  /** For all connections, whose buffers share a heap. */
  readonly #shared = streamBuffers()
  /** Of the same bytes for every connection, so it is made once. */
  #signature: Promise<Uint8Array> | undefined

  constructor(components: NoiseComponents) {
    this.#components = components
  }

  secureOutbound(
    connection: MessageStream,
    options?: SecureConnectionOptions,
  ): Promise<SecuredConnection<NoiseExtensions>> {
    return this.#secure('initiator', connection, options)
  }

  secureInbound(
    connection: MessageStream,
    options?: SecureConnectionOptions,
  ): Promise<SecuredConnection<NoiseExtensions>> {
    return this.#secure('responder', connection, options)
  }

  /** @throws InvalidCryptoExchangeError, UnexpectedPeerError or the signal's reason; the caller ends the connection */
  async #secure(
    role: Role,
    connection: MessageStream,
    options: SecureConnectionOptions = {},
  ): Promise<SecuredConnection<NoiseExtensions>> {
    const muxers = options.skipStreamMuxerNegotiation === true ? undefined : this.#components.upgrader.getStreamMuxers()
    const ourMuxers = [...(muxers?.keys() ?? [])]
    const channel = new HandshakeChannel(connection)
    try {
      const { identity, handshake } = await this.#introduce(role, channel, ourMuxers, options)
      const streamMuxer = muxers && commonMuxer(role, muxers, identity.extensions.streamMuxers)
      const stream = new SecuredStream(connection, handshake.finish(), channel.finish(), this.#shared)
      if (stream.status !== 'open') throw new InvalidCryptoExchangeError('noise: what came first could not be read')
      return {
        connection: stream,
        remoteExtensions: identity.extensions,
        remotePeer: identity.peerId,
        ...(streamMuxer !== undefined && { streamMuxer }),
      }
    } finally {
      channel.release()
    }
  }

  async #introduce(
    role: Role,
    channel: HandshakeChannel,
    ourMuxers: readonly string[],
    { signal, remotePeer }: SecureConnectionOptions,
  ): Promise<Introduced> {
    const handshake = new XxHandshake({ role, staticKeys: this.#staticKeys })
    const empty = new Uint8Array()
    const ours = await this.#payload(ourMuxers)
    if (role === 'initiator') {
      await channel.write(handshake.write(empty), signal)
    } else {
      handshake.read(await channel.read(signal))
      await channel.write(handshake.write(ours), signal)
    }
    const theirs = handshake.read(await channel.read(signal))
    // Whom we dialled is known before we say who we are.
    const identity = await verifyPayload(theirs, handshake.remoteStaticKey, remotePeer)
    if (role === 'initiator') await channel.write(handshake.write(ours), signal)
    return { identity, handshake }
  }

  async #payload(ourMuxers: readonly string[]): Promise<Uint8Array> {
    const { privateKey } = this.#components
    this.#signature ??= signStaticKey(privateKey, this.#staticKeys.publicKey)
    return encodePayload(privateKey, await this.#signature, ourMuxers)
  }
}

/**
 * The first of the initiator's muxers that both have (libp2p specs, connections/inlined-muxer-negotiation.md). Undefined
 * when the other side names none: then it is agreed on afterwards. @throws InvalidCryptoExchangeError when none is common
 */
function commonMuxer(
  role: Role,
  ours: ReadonlyMap<string, StreamMuxerFactory>,
  theirs: readonly string[],
): StreamMuxerFactory | undefined {
  if (theirs.length === 0) return undefined
  const offered = new Set(theirs)
  const initiators = role === 'initiator' ? [...ours.keys()] : theirs
  const common = initiators.find((id) => ours.has(id) && offered.has(id))
  const muxer = common === undefined ? undefined : ours.get(common)
  if (muxer === undefined) throw new InvalidCryptoExchangeError('noise: the two sides have no muxer in common')
  return muxer
}
