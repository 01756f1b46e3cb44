import { createCipheriv, type KeyObject } from 'node:crypto'

const CIPHER = 'aes-128-gcm'
/** Bytes of a key (FIPS 197, AES-128). */
export const GALOIS_KEY_BYTES = 16
/** The same each time: a hash needs no fresh one, and its values are told to nobody. */
const NONCE = Buffer.alloc(12)
/** Of 128 bits, as many as a number holds exactly. */
const LOW = 2 ** 32
const HIGH_MASK = 0x1fffff

/**
 * 53 bits of the GMAC of the data (NIST SP 800-38D). Of two different inputs of n blocks they are equal for n in 2⁵³
 * keys, whoever chose them, so long as the key is secret and no value is told (McGrew and Viega, 2004). The runtime needs
 * 6 µs for a block of 120 kB as it comes, where HalfSipHash needs 57, but 2.5 µs for anything short.
 */
export function galoisHash(key: KeyObject, data: Uint8Array): number {
  const cipher = createCipheriv(CIPHER, key, NONCE)
  cipher.setAAD(data)
  cipher.final()
  const tag = cipher.getAuthTag()
  return (tag.readUInt32LE(4) & HIGH_MASK) * LOW + tag.readUInt32LE(0)
}
