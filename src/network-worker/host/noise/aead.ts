/** ChaCha20-Poly1305 (RFC 8439) where the bytes lie: nothing is allocated for a frame, so nothing is to be collected. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type Sodium, sodium } from './libsodium.ts'

/** Of Poly1305 (RFC 8439, section 2.8). */
export const TAG_BYTES = 16
/** Of ChaCha20 (there). */
export const NONCE_BYTES = 12

export interface Aead {
  readonly name: string
  /** Encrypts the bytes from `start` to `end` and puts the tag behind them. */
  seal(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array, start: number, end: number, associated?: Uint8Array): void
  /**
   * Decrypts the bytes from `start` to the tag, which ends at `end`.
   * @returns the plaintext, a view of them
   * @throws Error when the tag does not fit; what the bytes are then is nobody's plaintext
   */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    bytes: Uint8Array,
    start: number,
    end: number,
    associated?: Uint8Array,
  ): Uint8Array
}

const CIPHER = 'chacha20-poly1305'
const OPTIONS = { authTagLength: TAG_BYTES }

/** By the runtime, where the library below has no build. It makes a cipher and arrays for each frame. */
export const runtimeAead: Aead = {
  name: 'node:crypto',
  seal: (key, nonce, bytes, start, end, associated) => {
    const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS)
    if (associated !== undefined) cipher.setAAD(associated, { plaintextLength: end - start })
    bytes.set(cipher.update(bytes.subarray(start, end)), start)
    cipher.final() // nothing is left of a stream cipher
    bytes.set(cipher.getAuthTag(), end)
  },
  open: (key, nonce, bytes, start, end, associated) => {
    const tagAt = end - TAG_BYTES
    const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS)
    if (associated !== undefined) decipher.setAAD(associated, { plaintextLength: tagAt - start })
    decipher.setAuthTag(bytes.subarray(tagAt, end))
    const plaintext = decipher.update(bytes.subarray(start, tagAt))
    decipher.final()
    bytes.set(plaintext, start)
    return bytes.subarray(start, tagAt)
  },
}

/** By libsodium, whose functions may write where they read. Undefined where it has no build for this machine. */
export const sodiumAead: Aead | undefined = sodium === undefined ? undefined : aeadOf(sodium)

function aeadOf(library: Sodium): Aead {
  return {
    name: 'libsodium',
    seal: (key, nonce, bytes, start, end, associated = undefined) => {
      const sealed = bytes.subarray(start, end + TAG_BYTES)
      const plaintext = bytes.subarray(start, end)
      library.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plaintext, associated ?? null, null, nonce, key)
    },
    open: (key, nonce, bytes, start, end, associated = undefined) => {
      const sealed = bytes.subarray(start, end)
      const plaintext = bytes.subarray(start, end - TAG_BYTES)
      library.crypto_aead_chacha20poly1305_ietf_decrypt(plaintext, null, sealed, associated ?? null, nonce, key)
      return plaintext
    },
  }
}
