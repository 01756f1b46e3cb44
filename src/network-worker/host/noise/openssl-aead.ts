import { NOISE_PLAINTEXT_BYTES } from '../direct-stream.ts'
import { type Aead, NONCE_BYTES, TAG_BYTES } from './aead.ts'
import { findOpenSsl, type OpenSsl } from './openssl.ts'

/** RFC 8439, section 2.8. */
const KEY_BYTES = 32
/** The longest that noise has, its tag included. */
const MAX_MESSAGE_BYTES = NOISE_PLAINTEXT_BYTES + TAG_BYTES

/** `EVP_CTRL_AEAD_GET_TAG` and `EVP_CTRL_AEAD_SET_TAG` of openssl/evp.h. */
const GET_TAG = 0x10
const SET_TAG = 0x11

const OK = 1

/** RFC 8439, section 2.8.2. */
const EXAMPLE = {
  key: Buffer.from('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f', 'hex'),
  nonce: Buffer.from('070000004041424344454647', 'hex'),
  associated: Buffer.from('50515253c0c1c2c3c4c5c6c7', 'hex'),
  plaintext: Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  ),
  sealed: Buffer.from(
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36' +
      '92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
    'hex',
  ),
}

/**
 * By the runtime's OpenSSL, which has code for the widest vectors of a machine, without what node:crypto makes around a call.
 * Undefined where that cannot be had, or does not do the standard's example.
 */
export const openSslAead: Aead | undefined = openSslAeadIfThere()

function openSslAeadIfThere(): Aead | undefined {
  const library = findOpenSsl()
  const found = library === undefined ? undefined : aeadOf(library)
  return found !== undefined && doesExample(found) ? found : undefined
}

/** One context for each way, for as long as the process lives: key and nonce are told with each frame, which costs next to nothing. */
function aeadOf(library: OpenSsl): Aead | undefined {
  const cipher = library.EVP_chacha20_poly1305()
  const [sealing, opening] = [library.EVP_CIPHER_CTX_new(), library.EVP_CIPHER_CTX_new()]
  const isThere =
    cipher !== null &&
    sealing !== null &&
    opening !== null &&
    library.EVP_EncryptInit_ex(sealing, cipher, null, null, null) === OK &&
    library.EVP_DecryptInit_ex(opening, cipher, null, null, null) === OK
  if (!isThere) {
    library.EVP_CIPHER_CTX_free(sealing)
    library.EVP_CIPHER_CTX_free(opening)
    return undefined
  }
  const written = new Int32Array(1)
  return {
    name: 'OpenSSL',
    seal: (key, nonce, bytes, start, end, associated) => {
      checkLengths(key, nonce, associated)
      checkPlace(bytes, start, end, end + TAG_BYTES)
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
      checkLengths(key, nonce, associated)
      checkPlace(bytes, start, textEnd, end)
      const text = bytes.subarray(start, textEnd)
      const tag = bytes.subarray(textEnd, end)
      const isOpened =
        library.EVP_DecryptInit_ex(opening, null, null, key, nonce) === OK &&
        library.EVP_CIPHER_CTX_ctrl(opening, SET_TAG, TAG_BYTES, tag) === OK &&
        (associated === undefined ||
          library.EVP_DecryptUpdate(opening, null, written, associated, associated.length) === OK) &&
        (text.length === 0 || library.EVP_DecryptUpdate(opening, text, written, text, text.length) === OK) &&
        library.EVP_DecryptFinal_ex(opening, tag, written) === OK
      if (isOpened) return text
      // It decrypts before it compares: nobody is to read what nobody vouched for.
      text.fill(0)
      throw new Error('a frame whose tag does not fit')
    },
  }
}

/** C code takes our word for every length, so that a wrong one must not get there. */
function checkLengths(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array | undefined): void {
  if (key.length !== KEY_BYTES || nonce.length !== NONCE_BYTES) throw new RangeError('no key or nonce of ChaCha20')
  if (associated !== undefined && associated.length > MAX_MESSAGE_BYTES) throw new RangeError('too much beside a frame')
}

function checkPlace(bytes: Uint8Array, start: number, textEnd: number, tagEnd: number): void {
  const isPlace = start >= 0 && textEnd >= start && tagEnd <= bytes.length && tagEnd - start <= MAX_MESSAGE_BYTES
  if (!isPlace) throw new RangeError('no place for a frame')
}

/** The standard's example sealed and opened, and not opened when its tag was changed. */
function doesExample({ seal, open }: Aead): boolean {
  const { key, nonce, associated, plaintext, sealed } = EXAMPLE
  const bytes = Buffer.concat([plaintext, Buffer.alloc(TAG_BYTES)])
  seal(key, nonce, bytes, 0, plaintext.length, associated)
  if (!bytes.equals(sealed)) return false
  if (!plaintext.equals(open(key, nonce, bytes, 0, bytes.length, associated))) return false
  const forged = Buffer.from(sealed)
  forged.writeUInt8(forged.readUInt8(forged.length - 1) ^ 1, forged.length - 1)
  try {
    open(key, nonce, forged, 0, forged.length, associated)
    return false
  } catch {
    return true
  }
}
