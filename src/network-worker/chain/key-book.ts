/**
 * Public keys of validators, and who proposes when, as far as it is known: from the beacon node's lookahead, and from
 * the registry that the main thread fills. Lookups only; nothing here waits.
 */
import { MAX_DUTIES, type ProposerDuty } from '../../rpc/chain-facts.ts'
import { fromHex } from '../../shared/hex.ts'
import { PUBKEY_BYTES, ValidatorKeys } from '../../shared/validator-keys.ts'
import type { ExpectedProposer, KeySource } from '../validation/verify/key-source.ts'

export class KeyBook implements KeySource {
  #registry: ValidatorKeys | undefined
  readonly #bySlot = new Map<number, ExpectedProposer>()
  readonly #byIndex = new Map<number, Uint8Array>()

  /** Memory of `ValidatorKeys` that its owner goes on filling. */
  useRegistry(memory: SharedArrayBuffer): void {
    this.#registry = new ValidatorKeys(memory)
  }

  /**
   * Replaces the lookahead; of more than {@link MAX_DUTIES} the first are kept.
   * @throws Error for a key that is not 48 bytes of hex; then nothing is changed
   */
  useDuties(duties: readonly ProposerDuty[]): void {
    const rows = duties.slice(0, MAX_DUTIES).map(({ slot, validatorIndex, pubkeyHex }) => {
      return { slot, validatorIndex, pubkey: fromHex(pubkeyHex, PUBKEY_BYTES) }
    })
    this.#bySlot.clear()
    this.#byIndex.clear()
    for (const { slot, validatorIndex, pubkey } of rows) {
      this.#bySlot.set(slot, { validatorIndex, pubkey })
      this.#byIndex.set(validatorIndex, pubkey)
    }
  }

  pubkeyOf(validatorIndex: number): Uint8Array | undefined {
    return this.#byIndex.get(validatorIndex) ?? this.#registry?.at(validatorIndex)
  }

  /**
   * What the lookahead says, undefined beyond it. A reorganisation across an epoch's start can change it until the next
   * telling, so that a block by another is no proof of ill will.
   */
  proposerOf(slot: number): ExpectedProposer | undefined {
    return this.#bySlot.get(slot)
  }

  /** Validators whose keys the registry holds, in order from 0; undefined while there is no registry. */
  get validatorCount(): number | undefined {
    const count = this.#registry?.count ?? 0
    return count === 0 ? undefined : count
  }
}
