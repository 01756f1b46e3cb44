/** Blocks that would keep the thread for signatures for too long: hashing them costs a forger nothing, and us a lot. */
import { type ForkName, isForkAtLeast, type PresetName } from '../../../consensus/network-config.ts'
import { readOffset } from '../../../consensus/ssz/ssz-layout.ts'
import { type FieldRange, fieldRange } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { OFFSET_BYTES } from '../../../consensus/ssz/ssz-layout-type.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { MAX_HASHED_BYTES } from '../../../validation-pool/job-table.ts'

/**
 * Each is hashed by itself, 1 µs or so: without a limit, half a million of no bytes took half a second. A transfer takes
 * 21,000 gas, so that this is what a block of 344 million gas holds, five times mainnet's.
 */
const MAX_HASHED_TRANSACTIONS = 16_384

export class DearBlocks {
  readonly #preset: PresetName
  /** By fork: undefined where blocks carry no transactions. */
  readonly #transactions = new Map<ForkName, FieldRange | undefined>()

  constructor(preset: PresetName) {
    this.#preset = preset
  }

  /** True for a block whose root is not to be worked out. Its layout must be valid. */
  has(fork: ForkName, ssz: Uint8Array): boolean {
    return ssz.length > MAX_HASHED_BYTES || this.#countTransactions(fork, ssz) > MAX_HASHED_TRANSACTIONS
  }

  /** By the first offset of the list, which leads behind all of them. */
  #countTransactions(fork: ForkName, ssz: Uint8Array): number {
    const place = this.#placeIn(fork)
    if (place === undefined) return 0
    const start = place.start(ssz)
    if (place.end(ssz) - start < OFFSET_BYTES) return 0
    return readOffset(ssz, start) / OFFSET_BYTES
  }

  #placeIn(fork: ForkName): FieldRange | undefined {
    if (this.#transactions.has(fork)) return this.#transactions.get(fork)
    const hasPayload = isForkAtLeast(fork, 'bellatrix') && !isForkAtLeast(fork, 'gloas')
    const type = gossipType('beacon_block', fork, this.#preset)
    const place = hasPayload ? fieldRange(type, 'message.body.executionPayload.transactions') : undefined
    this.#transactions.set(fork, place)
    return place
  }
}
