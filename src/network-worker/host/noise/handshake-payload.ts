/** What is said beside the keys in libp2p's noise handshake (libp2p specs, noise/README.md, "The libp2p Handshake Payload"). */
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { type PeerId, type PrivateKey, UnexpectedPeerError } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { ProtobufReader, tagOf } from '../../../shared/protobuf-reader.ts'
import { bytesField } from './protobuf-fields.ts'

const SIGNED_PREFIX = Buffer.from('noise-libp2p-static-key:')
/** Field numbers of NoiseHandshakePayload, and of NoiseExtensions within it. */
const IDENTITY_KEY = 1
const IDENTITY_SIGNATURE = 2
const EXTENSIONS = 4
const CERTIFICATE_HASHES = 1
const STREAM_MUXERS = 2
/** As go-libp2p: nobody has nearly as many muxers, or certificates. */
const MAX_EXTENSION_ENTRIES = 100

/** The names of the specification. */
export interface NoiseExtensions {
  readonly webtransportCerthashes: readonly Uint8Array[]
  /** Protocol ids, the preferred one first. */
  readonly streamMuxers: readonly string[]
}

export interface Identity {
  readonly peerId: PeerId
  readonly extensions: NoiseExtensions
}

function signedBytes(staticKey: Uint8Array): Uint8Array {
  return Buffer.concat([SIGNED_PREFIX, staticKey])
}

/** The signature that ties a static key of noise to an identity. */
export async function signStaticKey(privateKey: PrivateKey, staticKey: Uint8Array): Promise<Uint8Array> {
  return await privateKey.sign(signedBytes(staticKey))
}

export function encodePayload(
  privateKey: PrivateKey,
  signature: Uint8Array,
  streamMuxers: readonly string[],
): Uint8Array {
  const extensions = Buffer.concat(streamMuxers.map((id) => bytesField(STREAM_MUXERS, Buffer.from(id))))
  return Buffer.concat([
    bytesField(IDENTITY_KEY, publicKeyToProtobuf(privateKey.publicKey)),
    bytesField(IDENTITY_SIGNATURE, signature),
    bytesField(EXTENSIONS, extensions),
  ])
}

interface Payload {
  identityKey: Uint8Array
  signature: Uint8Array
  readonly extensions: { readonly webtransportCerthashes: Uint8Array[]; readonly streamMuxers: string[] }
}

/** @throws Error when it is no such message, or has more entries than anybody needs */
export function decodePayload(bytes: Uint8Array): Readonly<Payload> {
  const payload: Payload = {
    identityKey: new Uint8Array(),
    signature: new Uint8Array(),
    extensions: { webtransportCerthashes: [], streamMuxers: [] },
  }
  const reader = new ProtobufReader(bytes)
  while (reader.at < reader.end) {
    const tag = reader.varint()
    if (tag === tagOf(IDENTITY_KEY)) payload.identityKey = reader.view()
    else if (tag === tagOf(IDENTITY_SIGNATURE)) payload.signature = reader.view()
    else if (tag === tagOf(EXTENSIONS)) addExtensions(payload.extensions, reader)
    else reader.skip(tag)
  }
  return payload
}

function addExtensions({ webtransportCerthashes, streamMuxers }: Payload['extensions'], reader: ProtobufReader): void {
  const outerEnd = reader.enter()
  while (reader.at < reader.end) {
    const tag = reader.varint()
    if (tag === tagOf(CERTIFICATE_HASHES)) webtransportCerthashes.push(reader.view())
    else if (tag === tagOf(STREAM_MUXERS)) streamMuxers.push(Buffer.from(reader.view()).toString())
    else reader.skip(tag)
    if (webtransportCerthashes.length + streamMuxers.length > MAX_EXTENSION_ENTRIES) {
      throw new Error('too many extensions')
    }
  }
  reader.end = outerEnd
}

/**
 * Who the other side is: the owner of the identity that signed its static key. @param expected whom we dialled, when known
 * @throws UnexpectedPeerError when the payload cannot be read, is not signed, or is somebody else's
 */
export async function verifyPayload(
  bytes: Uint8Array,
  staticKey: Uint8Array,
  expected: PeerId | undefined,
): Promise<Identity> {
  try {
    const { identityKey, signature, extensions } = decodePayload(bytes)
    const publicKey = publicKeyFromProtobuf(identityKey)
    const peerId = peerIdFromPublicKey(publicKey)
    if (expected?.equals(peerId) === false) throw new Error(`this is ${peerId}, not ${expected}`)
    if (!(await publicKey.verify(signedBytes(staticKey), signature))) throw new Error('the signature is not right')
    return { peerId, extensions }
  } catch (error) {
    throw new UnexpectedPeerError(`noise: ${error instanceof Error ? error.message : String(error)}`)
  }
}
