/**
 * The cryptography of noise on Node's native code. In place of the library's choice, which wraps the raw key anew for each
 * frame (11 µs, where encrypting 240 B takes 4) and gives a long frame back in as many pieces as it was handed in, each of
 * them a write of its own. Bytes on the wire are the same.
 */
import {
  type CipherChaCha20Poly1305,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { type ICryptoInterface, type KeyPair, pureJsCrypto } from '@chainsafe/libp2p-noise'

const CIPHER = 'chacha20-poly1305'
const TAG_BYTES = 16
/** Up to this length one array is made of several pieces: copying costs less than the list of them, and a write of several. */
export const COPIED_BYTES = 8192
/** DER around the 32 bytes of an X25519 key (RFC 8410, section 7 and 4). */
const PRIVATE_KEY_HEADER = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_KEY_HEADER = Buffer.from('302a300506032b656e032100', 'hex')

/** One array, or a list of arrays that answers with one. */
type Bytes = Parameters<ICryptoInterface['chaCha20Poly1305Encrypt']>[0]
type Pieces = Exclude<Bytes, Uint8Array>

/** Live as long as the key of their connection. */
const KEYS = new WeakMap<Uint8Array, KeyObject>()

function keyObject(key: Uint8Array): KeyObject {
  const known = KEYS.get(key)
  if (known !== undefined) return known
  const made = createSecretKey(key)
  KEYS.set(key, made)
  return made
}

function encrypt(plaintext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Bytes {
  const cipher = createCipheriv(CIPHER, keyObject(key), nonce, { authTagLength: TAG_BYTES })
  if (ad.length > 0) cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
  if (plaintext.byteLength > COPIED_BYTES && !(plaintext instanceof Uint8Array)) return encryptPieces(cipher, plaintext)
  const sealed = Buffer.allocUnsafe(plaintext.byteLength + TAG_BYTES)
  sealed.set(cipher.update(plaintext.subarray()))
  cipher.final() // nothing is left of a stream cipher
  sealed.set(cipher.getAuthTag(), plaintext.byteLength)
  return sealed
}

/** Each piece by itself: no byte of a block is copied but by the cipher. They are written together all the same. */
function encryptPieces(cipher: CipherChaCha20Poly1305, plaintext: Pieces): Pieces {
  const sealed = plaintext.sublist(0, 0) // an empty list of the class that the library knows
  for (const piece of plaintext) sealed.append(cipher.update(piece))
  cipher.final()
  sealed.append(cipher.getAuthTag())
  return sealed
}

/** @throws Error when the tag does not fit: the connection is ended by the caller */
function decrypt(sealed: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = sealed.subarray()
  const end = bytes.length - TAG_BYTES
  const decipher = createDecipheriv(CIPHER, keyObject(key), nonce, { authTagLength: TAG_BYTES })
  if (ad.length > 0) decipher.setAAD(ad, { plaintextLength: end })
  decipher.setAuthTag(bytes.subarray(end))
  const plaintext = decipher.update(bytes.subarray(0, end))
  decipher.final()
  return plaintext
}

function generateKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  return {
    publicKey: publicKey.subarray(PUBLIC_KEY_HEADER.length),
    privateKey: privateKey.subarray(PRIVATE_KEY_HEADER.length),
  }
}

function sharedKey(privateKey: Bytes, publicKey: Bytes): Uint8Array {
  return diffieHellman({
    privateKey: createPrivateKey({
      key: Buffer.concat([PRIVATE_KEY_HEADER, privateKey.subarray()]),
      type: 'pkcs8',
      format: 'der',
    }),
    publicKey: createPublicKey({
      key: Buffer.concat([PUBLIC_KEY_HEADER, publicKey.subarray()]),
      type: 'spki',
      format: 'der',
    }),
  })
}

/** What noise asks of its cryptography (noise protocol framework, revision 34, section 12; `25519_ChaChaPoly_SHA256`). */
export const noiseCrypto: ICryptoInterface = {
  ...pureJsCrypto,
  hashSHA256: (data) => createHash('sha256').update(data.subarray()).digest(),
  generateX25519KeyPair: generateKeyPair,
  generateX25519SharedKey: sharedKey,
  chaCha20Poly1305Encrypt: encrypt,
  chaCha20Poly1305Decrypt: decrypt,
}
