import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** Of a key and of a secret (RFC 7748, section 5). */
export const KEY_BYTES = 32

export interface KeyPair {
  readonly privateKey: KeyObject
  /** As it goes over the wire, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** The pair of a private key. @throws Error when it is of another kind than X25519 */
export function keyPairOf(privateKey: KeyObject): KeyPair {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (privateKey.asymmetricKeyType !== 'x25519' || x === undefined) throw new Error('not an X25519 key')
  return { privateKey, publicKey: Buffer.from(x, 'base64url') }
}

export function generateKeyPair(): KeyPair {
  return keyPairOf(generateKeyPairSync('x25519').privateKey)
}

/**
 * What two sides know together. @throws Error when the other's key is one of those few points for which the secret is
 * known to everybody, all zeros (RFC 7748, section 6.1)
 */
export function sharedSecret(own: KeyPair, publicKey: Uint8Array): Uint8Array {
  const x = Buffer.from(publicKey).toString('base64url')
  return diffieHellman({
    privateKey: own.privateKey,
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' }),
  })
}
