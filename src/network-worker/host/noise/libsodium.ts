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
}

const FUNCTIONS = ['crypto_aead_chacha20poly1305_ietf_encrypt', 'crypto_aead_chacha20poly1305_ietf_decrypt'] as const

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
