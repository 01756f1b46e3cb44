/**
 * How signatures to verify cross threads: one run of bytes for all of them, which is handed over and not copied. A set
 * is a compressed key, the root that was signed, a compressed signature.
 */
export const PUBKEY_BYTES = 48
export const ROOT_BYTES = 32
export const SIGNATURE_BYTES = 96
export const SET_BYTES = PUBKEY_BYTES + ROOT_BYTES + SIGNATURE_BYTES

/** Answers to sets, one byte each. */
export const IS_WRONG = 0
export const IS_RIGHT = 1
export const IS_BAD_KEY = 2

/** Whether a signature is the key's. A bad key is no point that keys may be: nothing is said of the signature then. */
export type SignatureAnswer = boolean | 'bad_key'

export interface SignatureBytes {
  readonly pubkey: Uint8Array
  readonly signingRoot: Uint8Array
  readonly signature: Uint8Array
}

export function packSets(sets: readonly SignatureBytes[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(sets.length * SET_BYTES)
  for (const [index, { pubkey, signingRoot, signature }] of sets.entries()) {
    const at = index * SET_BYTES
    packed.set(pubkey.subarray(0, PUBKEY_BYTES), at)
    packed.set(signingRoot.subarray(0, ROOT_BYTES), at + PUBKEY_BYTES)
    packed.set(signature.subarray(0, SIGNATURE_BYTES), at + PUBKEY_BYTES + ROOT_BYTES)
  }
  return packed
}

/** What the byte of a set says. */
export function signatureAnswer(byte: number | undefined): SignatureAnswer {
  return byte === IS_BAD_KEY ? 'bad_key' : byte === IS_RIGHT
}

/** Set `index`, as views of `packed`. */
export function setAt(packed: Uint8Array, index: number): SignatureBytes {
  const at = index * SET_BYTES
  const rootAt = at + PUBKEY_BYTES
  const signatureAt = rootAt + ROOT_BYTES
  return {
    pubkey: packed.subarray(at, rootAt),
    signingRoot: packed.subarray(rootAt, signatureAt),
    signature: packed.subarray(signatureAt, at + SET_BYTES),
  }
}
