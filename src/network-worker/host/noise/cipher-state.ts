import { type Aead, NONCE_BYTES, TAG_BYTES } from './aead.ts'
import { aead } from './quickest-aead.ts'

/** A nonce is 32 zero bits, then the count as 64 bits, little-endian (noise framework, revision 34, section 12.3). */
const COUNT_OFFSET = 4

/**
 * One direction's key and how often it was used (noise framework, revision 34, section 5.1). The nonce is counted in
 * place: a new one for each frame would cost more than encrypting a short one.
 */
export class CipherState {
  readonly #aead: Aead
  readonly #key: Uint8Array
  readonly #nonce = Buffer.alloc(NONCE_BYTES)
  #started = false

  /**
   * @param firstCount of messages already sealed or opened; not 0 in tests only
   * @param by what encrypts; another than the quickest in tests only
   */
  constructor(key: Uint8Array, firstCount = 0n, by = aead) {
    this.#aead = by
    this.#key = key
    this.#nonce.writeBigUInt64LE(firstCount, COUNT_OFFSET)
  }

  /** Encrypts the bytes from `start` to `end` where they lie; the tag goes behind. @throws Error when every nonce has been used */
  sealInPlace(bytes: Uint8Array, start: number, end: number): void {
    this.#aead.seal(this.#key, this.#nextNonce(), bytes, start, end)
  }

  /**
   * Decrypts the bytes from `start` to the tag, which ends at `end`, where they lie.
   * @returns the plaintext, a view of them
   * @throws Error when the tag does not fit, or every nonce has been used
   */
  openInPlace(bytes: Uint8Array, start: number, end: number): Uint8Array {
    if (end - start < TAG_BYTES) throw new Error('a noise message without a tag')
    return this.#aead.open(this.#key, this.#nextNonce(), bytes, start, end)
  }

  /** A message of the handshake: ciphertext and tag. */
  encrypt(plaintext: Uint8Array, associated: Uint8Array): Buffer {
    const sealed = Buffer.alloc(plaintext.length + TAG_BYTES)
    sealed.set(plaintext)
    this.#aead.seal(this.#key, this.#nextNonce(), sealed, 0, plaintext.length, associated)
    return sealed
  }

  /** A message of the handshake. @throws Error when its tag does not fit */
  decrypt(sealed: Uint8Array, associated: Uint8Array): Buffer {
    if (sealed.length < TAG_BYTES) throw new Error('a noise message without a tag')
    const bytes = Buffer.from(sealed)
    this.#aead.open(this.#key, this.#nextNonce(), bytes, 0, bytes.length, associated)
    return bytes.subarray(0, bytes.length - TAG_BYTES)
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
