/**
 * Which signatures are known to be of which headers. A block, its columns and its blobs carry the same signature of the
 * same header, so that one verification serves them all; those who ask meanwhile wait for the same answer.
 */
import type { Outcome } from './verification-counts.ts'

/** Two epochs of slots and forks of them: what is older is no longer gossiped. */
const MAX_VALID = 256
/** Forged ones, told again by all their columns. Those who forge more than this pay us a millisecond each, once more. */
const MAX_INVALID = 1024

export type HeaderVerifier = () => Promise<Outcome>

export class HeaderBook {
  /** Signature to header root, both in hex. Forged ones are not in here, so that they cannot push out a true one. */
  readonly #signed = new Map<string, string>()
  readonly #invalid = new Set<string>()
  /** As many as the queue for signatures has room for. */
  readonly #pending = new Map<string, Promise<Outcome>>()
  /** Blocks under way by signature: once their root is known, that of their columns most likely is. */
  readonly #blocks = new Map<string, Promise<unknown>>()

  /** The root that a signature was verified for. */
  signedRoot(signature: string): string | undefined {
    return this.#signed.get(signature)
  }

  /** What is known of the pair, at once. */
  known(signature: string, root: string): 'valid' | 'invalid' | undefined {
    if (this.#signed.get(signature) === root) return 'valid'
    return this.#invalid.has(pairKey(signature, root)) ? 'invalid' : undefined
  }

  note(signature: string, root: string, isSigned: boolean): void {
    if (isSigned) {
      this.#signed.delete(signature)
      this.#signed.set(signature, root)
      forgetFirst(this.#signed, MAX_VALID)
    } else {
      this.#invalid.add(pairKey(signature, root))
      forgetFirst(this.#invalid, MAX_INVALID)
    }
  }

  /** Until `block` is settled, those who ask for its signature wait for it. */
  watchBlock(signature: string, block: Promise<unknown>): void {
    // With the same signature and other bytes a forger could make it wait for ever: the first one only.
    if (this.#blocks.has(signature)) return
    this.#blocks.set(signature, block)
    void block.finally(() => this.#blocks.delete(signature))
  }

  /**
   * What is known of the pair, or what `verify` says, which is called once for all who ask meanwhile. Were there no room for
   * who asked first, who sends too much perhaps, that says nothing to the others: the next of them asks for himself.
   */
  async resolve(signature: string, root: string, verify: HeaderVerifier): Promise<Outcome> {
    const known = this.known(signature, root)
    if (known !== undefined) return known
    const key = pairKey(signature, root)
    const asked = this.#pending.get(key)
    if (asked !== undefined) {
      const outcome = await asked
      return outcome === 'queue_full' ? await this.resolve(signature, root, verify) : outcome
    }
    const pending = this.#settle(signature, root, verify).finally(() => this.#pending.delete(key))
    this.#pending.set(key, pending)
    return await pending
  }

  async #settle(signature: string, root: string, verify: HeaderVerifier): Promise<Outcome> {
    await this.#blocks.get(signature)
    const known = this.known(signature, root)
    if (known !== undefined) return known
    const answer = await verify()
    if (answer === 'valid' || answer === 'invalid') this.note(signature, root, answer === 'valid')
    return answer
  }
}

function pairKey(signature: string, root: string): string {
  return `${signature}:${root}`
}

/** Drops the oldest entry of a map or set that has become too long. */
function forgetFirst(entries: Map<string, unknown> | Set<string>, max: number): void {
  if (entries.size <= max) return
  const first = entries.keys().next().value
  if (first !== undefined) entries.delete(first)
}
