import type { Sodium } from '../../shared/libsodium.ts'
import { type HalfSipKey, halfSipHash } from './half-sip-hash.ts'

/** Of Poly1305 (RFC 8439, section 2.5): the point and the pad. */
export const POLY_KEY_BYTES = 32
const TAG_BYTES = 16

/**
 * 53 bits of data of any length: its Poly1305 tag, and HalfSipHash of that. Of two different inputs of n bytes the tags are
 * equal for n/2 in 2¹⁰⁶ keys, whoever chose them, so long as the key is secret and no value is told (Bernstein, The
 * Poly1305-AES message-authentication code, theorem 3.3); a part of the tag would not be as good. 26 µs for a block of 120 kB as
 * it comes, cold or not: nothing is made for it.
 */
export function polyHash(sodium: Sodium, key: Uint8Array, sipKey: HalfSipKey, data: Uint8Array): number {
  sodium.crypto_onetimeauth(tag, data, key)
  return halfSipHash(sipKey, tag)
}

const tag = Buffer.alloc(TAG_BYTES)
