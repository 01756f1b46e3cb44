import { PublicKey } from '@chainsafe/blst'

/**
 * Keys kept decompressed, the longest unused forgotten first: the proposers of ten hours, or what some thousand messages
 * of operations bring. A key takes some 0.3 kB here, and 0.09 ms to decompress and check.
 */
const MAX_KEYS = 4096

const keys = new Map<string, PublicKey>()

/**
 * The key that 48 bytes are: a point of the subgroup that is not infinity (KeyValidate of
 * draft-irtf-cfrg-bls-signature). Undefined when they are none. Never throws.
 */
export function publicKeyOf(bytes: Uint8Array): PublicKey | undefined {
  const id = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  let key = keys.get(id)
  if (key === undefined) {
    try {
      key = PublicKey.fromBytes(bytes, true)
    } catch {
      return undefined
    }
  } else keys.delete(id)
  keys.set(id, key)
  if (keys.size > MAX_KEYS) keys.delete(keys.keys().next().value as string)
  return key
}
