import {
  type CipherChaCha20Poly1305,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type DecipherChaCha20Poly1305,
  type KeyObject,
} from 'node:crypto'

const CIPHER = 'chacha20-poly1305'
/** Of Poly1305 (RFC 8439, section 2.8). */
export const TAG_BYTES = 16
const OPTIONS = { authTagLength: TAG_BYTES }
/** 32 zero bits, then the count as 64 bits, little-endian (noise framework, revision 34, section 12.3). */
const NONCE_BYTES = 12
const COUNT_OFFSET = 4

/**
 * One direction's key and how often it was used (noise framework, revision 34, section 5.1). The key object is made once
 * and the nonce counted in place: both cost more than encrypting a short frame when they are made anew for each.
 */
export class CipherState {
  readonly #key: KeyObject
  readonly #nonce = Buffer.alloc(NONCE_BYTES)
  #started = false

  /** @param firstCount of messages already sealed or opened; not 0 in tests only */
  constructor(key: Uint8Array, firstCount = 0n) {
    this.#key = createSecretKey(key)
    this.#nonce.writeBigUInt64LE(firstCount, COUNT_OFFSET)
  }

  /** The cipher of the next message. @throws Error when every nonce has been used */
  nextCipher(): CipherChaCha20Poly1305 {
    return createCipheriv(CIPHER, this.#key, this.#nextNonce(), OPTIONS)
  }

  /** The decipher of the next message. @throws Error when every nonce has been used */
  nextDecipher(): DecipherChaCha20Poly1305 {
    return createDecipheriv(CIPHER, this.#key, this.#nextNonce(), OPTIONS)
  }

  /** A message of the handshake: ciphertext and tag. */
  encrypt(plaintext: Uint8Array, associated: Uint8Array): Buffer {
    const cipher = this.nextCipher()
    cipher.setAAD(associated, { plaintextLength: plaintext.length })
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  }

  /** A message of the handshake. @throws Error when its tag does not fit */
  decrypt(sealed: Uint8Array, associated: Uint8Array): Buffer {
    if (sealed.length < TAG_BYTES) throw new Error('a noise message without a tag')
    const end = sealed.length - TAG_BYTES
    const decipher = this.nextDecipher()
    decipher.setAAD(associated, { plaintextLength: end })
    decipher.setAuthTag(sealed.subarray(end))
    const plaintext = decipher.update(sealed.subarray(0, end))
    decipher.final()
    return plaintext
  }

  /** Counts before use; the first message has the nonce that the state was made with. */
  #nextNonce(): Buffer {
    const nonce = this.#nonce
    if (this.#started) {
      for (let at = COUNT_OFFSET; at < NONCE_BYTES; at++) {
        const next = ((nonce[at] ?? 0) + 1) & 0xff
        nonce[at] = next
        if (next !== 0) break
      }
    }
    this.#started = true
    // The greatest count is reserved (section 5.1). One message in 256 has its lowest byte, so that is looked at first.
    if (nonce[COUNT_OFFSET] === 0xff && nonce.readBigUInt64LE(COUNT_OFFSET) === 0xffff_ffff_ffff_ffffn) {
      this.#started = false // so that it stays there
      throw new Error('every nonce of this noise connection has been used')
    }
    return nonce
  }
}
