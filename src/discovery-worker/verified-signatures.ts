/**
 * What the library has verified before need not be verified again: a lookup hears of the same few hundred records from
 * every node it asks, and a signature takes over a millisecond of JavaScript. In: the library's calls. Out: the same
 * answers.
 */
import { hash } from 'node:crypto'
import { defaultCrypto, setV4Crypto } from '@chainsafe/enr'

/** Records remembered as signed, and keys with their ids: a mainnet's worth, some 200 bytes each. The oldest goes first. */
const MAX_REMEMBERED = 16_384

/** What is remembered, since the thread's start. */
export class SignatureMemory {
  readonly #verified = new Set<string>()
  readonly #nodeIds = new Map<string, string>()
  /** Signatures worked out, and those known from before. */
  computed = 0
  remembered = 0

  get size(): number {
    return Math.max(this.#verified.size, this.#nodeIds.size)
  }

  /** True when `signature` is that of `publicKey` over `message`. Only what fits is remembered: a forgery costs its time. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    // Each part with its length before it: two triples never read the same.
    const parts = [publicKey, message, signature].flatMap((part) => [Buffer.from(`${part.length} `), part])
    const key = hash('sha256', Buffer.concat(parts), 'base64')
    if (this.#verified.has(key)) {
      this.remembered++
      return true
    }
    this.computed++
    const isValid = defaultCrypto.verify(publicKey, message, signature)
    if (isValid) this.#verified.add(key)
    if (this.#verified.size > MAX_REMEMBERED) forgetOldest(this.#verified)
    return isValid
  }

  /** The id of a key; throws what the library throws when it is none. */
  nodeId(publicKey: Uint8Array): string {
    const key = Buffer.from(publicKey).toString('base64')
    const known = this.#nodeIds.get(key)
    if (known !== undefined) return known
    const nodeId = defaultCrypto.nodeId(publicKey)
    this.#nodeIds.set(key, nodeId)
    if (this.#nodeIds.size > MAX_REMEMBERED) forgetOldest(this.#nodeIds)
    return nodeId
  }
}

/** Has the library ask `memory` from now on, in this thread. */
export function rememberSignatures(memory: SignatureMemory): void {
  setV4Crypto({
    ...defaultCrypto,
    verify: (publicKey, message, signature) => memory.verify(publicKey, message, signature),
    nodeId: (publicKey) => memory.nodeId(publicKey),
  })
}

function forgetOldest(collection: Set<string> | Map<string, string>): void {
  const oldest = collection.keys().next()
  if (!oldest.done) collection.delete(oldest.value)
}
