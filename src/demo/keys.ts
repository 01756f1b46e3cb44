/**
 * The demo's validator keys: the ones every client's interop mode derives, so that a signature of the demo can be
 * checked with any of them. They are public knowledge and sign for nothing but this network.
 */
import { hash } from 'node:crypto'
import { type PublicKey, SecretKey, type Signature } from '@chainsafe/blst'

/** Order r of the BLS12-381 groups (draft-irtf-cfrg-bls-signature, section 4.2.1). */
const CURVE_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/**
 * Distinct keys of the demo. Validator `i` signs with key `i % 256`: the spec's minimum for 64 committees a slot is
 * 262,144 validators, and that many distinct keys would cost half a minute of a newcomer's time.
 */
export const DISTINCT_KEYS = 256

/** Secret key `index` of the interop convention: little-endian sha256 of the index as 32 little-endian bytes, mod r. */
export function interopSecretKey(index: number): SecretKey {
  const preimage = Buffer.alloc(32)
  preimage.writeUInt32LE(index, 0)
  const digest = hash('sha256', preimage, 'buffer').reverse()
  const scalar = BigInt(`0x${digest.toString('hex')}`) % CURVE_ORDER
  return SecretKey.fromHex(scalar.toString(16).padStart(64, '0'))
}

export interface KeyRing {
  /** Compressed public key, 48 bytes, of a validator. */
  publicKeyBytes(validatorIndex: number): Uint8Array
  publicKey(validatorIndex: number): PublicKey
  /** Signs a 32-byte signing root as that validator. */
  sign(validatorIndex: number, signingRoot: Uint8Array): Signature
}

/** Derives all keys: about 30 ms. */
export function createKeyRing(): KeyRing {
  const secretKeys = Array.from({ length: DISTINCT_KEYS }, (_, index) => interopSecretKey(index))
  const publicKeys = secretKeys.map((key) => key.toPublicKey())
  const publicKeyBytes = publicKeys.map((key) => key.toBytes())
  const of = <T>(list: readonly T[], validatorIndex: number): T => {
    const item = list[validatorIndex % DISTINCT_KEYS]
    if (item === undefined) throw new Error(`no validator ${validatorIndex}`)
    return item
  }
  return {
    publicKeyBytes: (validatorIndex) => of(publicKeyBytes, validatorIndex),
    publicKey: (validatorIndex) => of(publicKeys, validatorIndex),
    sign: (validatorIndex, signingRoot) => of(secretKeys, validatorIndex).sign(signingRoot),
  }
}
