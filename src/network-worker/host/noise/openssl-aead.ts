import { type OpenSsl, openSsl } from '../../../shared/openssl.ts'
import { type Aead, TAG_BYTES } from './aead.ts'

/** RFC 8439, section 2.8. */
const KEY_BYTES = 32
const NONCE_BYTES = 12

/** `EVP_CTRL_AEAD_GET_TAG` and `EVP_CTRL_AEAD_SET_TAG` of openssl/evp.h. */
const GET_TAG = 0x10
const SET_TAG = 0x11

const OK = 1

/**
 * By the runtime's OpenSSL, which has code for the widest vectors of a machine, without what node:crypto makes around a call.
 * Undefined where that cannot be had.
 */
export const openSslAead: Aead | undefined = openSsl === undefined ? undefined : aeadOf(openSsl)

/** One context for each way and thread: key and nonce are told with each frame, which costs next to nothing. */
function aeadOf(library: OpenSsl): Aead | undefined {
  const cipher = library.EVP_chacha20_poly1305()
  const [sealing, opening] = [library.EVP_CIPHER_CTX_new(), library.EVP_CIPHER_CTX_new()]
  if (cipher === null || sealing === null || opening === null) return undefined
  if (library.EVP_EncryptInit_ex(sealing, cipher, null, null, null) !== OK) return undefined
  if (library.EVP_DecryptInit_ex(opening, cipher, null, null, null) !== OK) return undefined
  const written = new Int32Array(1)
  return {
    name: 'OpenSSL',
    seal: (key, nonce, bytes, start, end, associated) => {
      checkLengths(key, nonce, bytes, start, end, end + TAG_BYTES)
      const text = bytes.subarray(start, end)
      const tag = bytes.subarray(end, end + TAG_BYTES)
      const isSealed =
        library.EVP_EncryptInit_ex(sealing, null, null, key, nonce) === OK &&
        (associated === undefined ||
          library.EVP_EncryptUpdate(sealing, null, written, associated, associated.length) === OK) &&
        (text.length === 0 || library.EVP_EncryptUpdate(sealing, text, written, text, text.length) === OK) &&
        library.EVP_EncryptFinal_ex(sealing, tag, written) === OK &&
        library.EVP_CIPHER_CTX_ctrl(sealing, GET_TAG, TAG_BYTES, tag) === OK
      if (!isSealed) throw new Error('OpenSSL did not seal a frame')
    },
    open: (key, nonce, bytes, start, end, associated) => {
      const textEnd = end - TAG_BYTES
      checkLengths(key, nonce, bytes, start, textEnd, end)
      const text = bytes.subarray(start, textEnd)
      const tag = bytes.subarray(textEnd, end)
      const isOpened =
        library.EVP_DecryptInit_ex(opening, null, null, key, nonce) === OK &&
        library.EVP_CIPHER_CTX_ctrl(opening, SET_TAG, TAG_BYTES, tag) === OK &&
        (associated === undefined ||
          library.EVP_DecryptUpdate(opening, null, written, associated, associated.length) === OK) &&
        (text.length === 0 || library.EVP_DecryptUpdate(opening, text, written, text, text.length) === OK) &&
        library.EVP_DecryptFinal_ex(opening, tag, written) === OK
      if (!isOpened) throw new Error('a frame whose tag does not fit')
      return text
    },
  }
}

/** C code takes our word for every length, so that a wrong one must not get there. */
function checkLengths(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array, ...places: readonly number[]): void {
  if (key.length !== KEY_BYTES || nonce.length !== NONCE_BYTES) throw new RangeError('no key or nonce of ChaCha20')
  let before = 0
  for (const place of places) {
    if (!(place >= before)) throw new RangeError('no place for a frame')
    before = place
  }
  if (before > bytes.length) throw new RangeError('no place for a frame')
}
