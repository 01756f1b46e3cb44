import { createECDH } from 'node:crypto'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Bytes as base58btc text, by the plain long division: the opposite of what the relay reads. */
export function base58Text(bytes: Uint8Array): string {
  let value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)] + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + text
}

/** The `index`-th of many peer ids that no key has. */
export function numberedPeerId(index: number): string {
  const hash = Buffer.alloc(34)
  hash.writeUInt16BE(0x1220)
  hash.writeUInt32BE(index, 30)
  return base58Text(hash)
}

/** The `index`-th of many peer ids in the form that nodes of this network have, a secp256k1 key. */
export function numberedKeyId(index: number): string {
  const point = createECDH('secp256k1')
  point.setPrivateKey(Buffer.from((index + 1).toString(16).padStart(64, '0'), 'hex'))
  return base58Text(Buffer.concat([Buffer.of(0, 37, 8, 2, 18, 33), point.getPublicKey(null, 'compressed')]))
}
