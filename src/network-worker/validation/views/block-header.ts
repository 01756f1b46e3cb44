import { beaconHeaderRoot } from '../../../consensus/ssz/merkle-proof.ts'
import { fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { beaconBlockHeader } from '../../../consensus/ssz-types/basic.ts'

/** Length of a BeaconBlockHeader. */
export const HEADER_BYTES = beaconBlockHeader.headBytes
const SLOT_AT = fixedOffset(beaconBlockHeader, 'slot')
const PROPOSER_INDEX_AT = fixedOffset(beaconBlockHeader, 'proposerIndex')
const STATE_ROOT_AT = fixedOffset(beaconBlockHeader, 'stateRoot')
const BODY_ROOT_AT = fixedOffset(beaconBlockHeader, 'bodyRoot')

/** A BeaconBlockHeader within an object. */
export class HeaderView {
  readonly slot: number
  readonly proposerIndex: number
  /** The whole object. */
  protected readonly ssz: Uint8Array
  readonly #headerAt: number
  #root: Uint8Array | undefined

  constructor(ssz: Uint8Array, headerAt: number) {
    this.slot = readUint64(ssz, headerAt + SLOT_AT)
    this.proposerIndex = readUint64(ssz, headerAt + PROPOSER_INDEX_AT)
    this.ssz = ssz
    this.#headerAt = headerAt
  }

  /** Its serialisation. */
  get headerBytes(): Uint8Array {
    return this.ssz.subarray(this.#headerAt, this.#headerAt + HEADER_BYTES)
  }

  get stateRoot(): Uint8Array {
    return this.ssz.subarray(this.#headerAt + STATE_ROOT_AT, this.#headerAt + BODY_ROOT_AT)
  }

  get bodyRoot(): Uint8Array {
    return this.ssz.subarray(this.#headerAt + BODY_ROOT_AT, this.#headerAt + HEADER_BYTES)
  }

  /** hash_tree_root of the header: that of its block. Worked out when first asked for, six hashes. */
  get headerRoot(): Uint8Array {
    this.#root ??= beaconHeaderRoot(this.headerBytes)
    return this.#root
  }
}
