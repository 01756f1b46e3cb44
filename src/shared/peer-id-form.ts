/**
 * The form of a peer id as text: a multihash in base58btc, as the libp2p peer id specification has it
 * (libp2p/specs, peer-ids). To ban a peer the form is enough: an id that no key has bans nobody.
 */
import { ECDH } from 'node:crypto'

/** base58btc: the digits and letters without 0, O, I and l. */
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** A key of at most 42 bytes is its own hash (peer-ids, "Peer Ids"); 44 bytes have at most 61 characters. */
const MAX_CHARS = 61

/** Multihash codes: the bytes themselves, and SHA-256. */
const IDENTITY = 0x00
const SHA2_256 = 0x12
const SHA2_256_BYTES = 32

/** A secp256k1 key, compressed, and with the head below. */
const SECP256K1_KEY_BYTES = 33
const SECP256K1_ID_BYTES = 37

/** Head of a public key's protobuf by its whole length: field 1 the key type, field 2 the key with its length. */
const INLINE_KEYS: ReadonlyMap<number, readonly number[]> = new Map([
  [36, [0x08, 0x01, 0x12, 32]], // Ed25519
  [SECP256K1_ID_BYTES, [0x08, 0x02, 0x12, SECP256K1_KEY_BYTES]], // secp256k1
])

/** As many digits as a double holds exactly: 58^9 is below 2^53. One big multiplication serves them all. */
const DIGITS_AT_ONCE = 9
/** Digit of each ASCII letter, -1 for the others. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)))

/** The number that the digits stand for, or undefined when one of them is none. */
function base58Value(text: string): bigint | undefined {
  let value = 0n
  for (let start = 0; start < text.length; start += DIGITS_AT_ONCE) {
    const end = Math.min(start + DIGITS_AT_ONCE, text.length)
    let part = 0
    for (let index = start; index < end; index++) {
      const digit = DIGITS[text.charCodeAt(index)] ?? -1
      if (digit < 0) return undefined
      part = part * 58 + digit
    }
    value = value * BigInt(58 ** (end - start)) + BigInt(part)
  }
  return value
}

/** The bytes of a base58btc text, or undefined when it is none or too long to be a peer id. */
function base58Bytes(text: string): Uint8Array | undefined {
  if (text.length > MAX_CHARS) return undefined
  const value = base58Value(text)
  if (value === undefined) return undefined
  const zeros = /^1*/.exec(text)?.[0].length ?? 0
  const hex = value === 0n ? '' : value.toString(16)
  const digits = hex.padStart(hex.length + (hex.length % 2), '0')
  return Buffer.from('00'.repeat(zeros) + digits, 'hex')
}

/** True for the text of a peer id: a SHA-256 multihash (`Qm…`), or a short key itself (`16Uiu2HA…`, `12D3KooW…`). */
export function isPeerIdForm(text: string): boolean {
  const bytes = base58Bytes(text)
  if (bytes === undefined || bytes.length < 2) return false
  const [code, length] = bytes
  if (length !== bytes.length - 2) return false
  if (code === SHA2_256) return length === SHA2_256_BYTES
  if (code !== IDENTITY) return false
  const head = INLINE_KEYS.get(length)
  return head?.every((byte, index) => bytes[index + 2] === byte) ?? false
}

/** True for the form of a peer id that holds no key or one that there can be: a point of secp256k1, or any of Ed25519. */
export function isPeerId(text: string): boolean {
  if (!isPeerIdForm(text)) return false
  const bytes = base58Bytes(text)
  if (bytes?.[1] !== SECP256K1_ID_BYTES) return true
  try {
    ECDH.convertKey(bytes.subarray(-SECP256K1_KEY_BYTES), 'secp256k1')
    return true
  } catch {
    return false // no point of the curve
  }
}
