/** The functions of sodium-native that are used here, as its documentation has them. They write where they are told. */
import { createRequire } from 'node:module'

export interface Sodium {
  crypto_aead_chacha20poly1305_ietf_encrypt(
    sealed: Uint8Array,
    plaintext: Uint8Array,
    associated: Uint8Array | null,
    none: null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  crypto_aead_chacha20poly1305_ietf_decrypt(
    plaintext: Uint8Array,
    none: null,
    sealed: Uint8Array,
    associated: Uint8Array | null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  /** Poly1305 (RFC 8439, section 2.5): a tag of 16 bytes by a key of 32. */
  crypto_onetimeauth(tag: Uint8Array, data: Uint8Array, key: Uint8Array): void
}

const FUNCTIONS = [
  'crypto_aead_chacha20poly1305_ietf_encrypt',
  'crypto_aead_chacha20poly1305_ietf_decrypt',
  'crypto_onetimeauth',
] as const

/** libsodium; undefined where it has no build for this machine. */
export const sodium: Sodium | undefined = sodiumIfThere()

function sodiumIfThere(): Sodium | undefined {
  try {
    const found: unknown = createRequire(import.meta.url)('sodium-native')
    return isSodium(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isSodium(module: unknown): module is Sodium {
  return typeof module === 'object' && module !== null && FUNCTIONS.every((name) => name in module)
}
