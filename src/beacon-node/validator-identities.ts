/**
 * What `validator_identities` answers, as keys in order of index. Nodes may answer in any order; an index that was not
 * asked for, one that comes twice and a gap make the answer worthless.
 */
import { PUBKEY_BYTES } from '../shared/validator-keys.ts'

/** SSZ of ValidatorIdentity: index 8, pubkey 48, activation_epoch 8 (beacon-APIs, `validator_identities`). */
const IDENTITY_BYTES = 64
const INDEX_BYTES = 8

export interface IdentityRecord {
  readonly index: number
  readonly pubkey: string
}

/** Collects keys of the indices `first` to `first + count - 1`. */
class KeyRun {
  readonly #first: number
  readonly #keys: Uint8Array
  readonly #seen: Uint8Array
  #found = 0

  constructor(first: number, count: number) {
    this.#first = first
    this.#keys = new Uint8Array(count * PUBKEY_BYTES)
    this.#seen = new Uint8Array(count)
  }

  /** False for an index not asked for, or seen before. */
  put(index: number, key: Uint8Array): boolean {
    const place = index - this.#first
    if (this.#seen[place] !== 0) return false // undefined beyond what was asked for
    this.#seen[place] = 1
    this.#found += 1
    this.#keys.set(key, place * PUBKEY_BYTES)
    return true
  }

  /** Undefined when there is a gap. */
  keys(): Uint8Array | undefined {
    const isWhole = this.#seen.subarray(0, this.#found).every((seen) => seen === 1)
    return isWhole ? this.#keys.subarray(0, this.#found * PUBKEY_BYTES) : undefined
  }
}

/** Keys of an SSZ answer; undefined when it is not what was asked for. */
export function keysOfSsz(ssz: Uint8Array, first: number, count: number): Uint8Array | undefined {
  if (ssz.length % IDENTITY_BYTES !== 0) return undefined
  const run = new KeyRun(first, count)
  const view = new DataView(ssz.buffer, ssz.byteOffset, ssz.byteLength)
  for (let at = 0; at < ssz.length; at += IDENTITY_BYTES) {
    const key = ssz.subarray(at + INDEX_BYTES, at + INDEX_BYTES + PUBKEY_BYTES)
    if (!run.put(Number(view.getBigUint64(at, true)), key)) return undefined
  }
  return run.keys()
}

/** Keys of a JSON answer's rows; undefined when they are not what was asked for. */
export function keysOfRecords(
  records: readonly IdentityRecord[],
  first: number,
  count: number,
): Uint8Array | undefined {
  const run = new KeyRun(first, count)
  const isAsked = records.every(({ index, pubkey }) => run.put(index, Buffer.from(pubkey, 'hex')))
  return isAsked ? run.keys() : undefined
}
