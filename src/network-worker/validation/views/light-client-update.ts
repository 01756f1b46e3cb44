/** Updates for light clients of any fork since Altair. Spec: specs/<fork>/light-client/sync-protocol.md */

import { type ForkName, isForkAtLeast } from '../../../consensus/network-config.ts'
import { isValidMerkleBranch } from '../../../consensus/ssz/merkle-proof.ts'
import { type FieldRange, fieldRange } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { countBits } from './bits.ts'
import { type LightClientHeaderPlaces, LightClientHeaderView, lightClientHeaderPlaces } from './light-client-header.ts'

const ROOT_BYTES = 32

interface UpdatePlaces {
  readonly attestedHeader: LightClientHeaderPlaces
  readonly participation: FieldRange
  readonly signatureSlot: FieldRange
}

interface FinalityPlaces extends UpdatePlaces {
  readonly finalizedHeader: LightClientHeaderPlaces
  readonly finalityBranch: FieldRange
  /** Of `finalized_checkpoint.root` among the nodes of its depth in the state. */
  readonly finalizedRootIndex: number
}

/** A LightClientOptimisticUpdate, and what both updates have: seen as the header that the sync committee attests to. */
export class OptimisticUpdateView extends LightClientHeaderView {
  /** When the sync committee signed. */
  readonly signatureSlot: number
  readonly #places: UpdatePlaces

  constructor(ssz: Uint8Array, places: UpdatePlaces) {
    super(ssz, places.attestedHeader)
    this.signatureSlot = readUint64(ssz, places.signatureSlot.start(ssz))
    this.#places = places
  }

  /** Members of the sync committee that signed. */
  get participants(): number {
    const { participation } = this.#places
    return countBits(this.ssz, participation.start(this.ssz), participation.end(this.ssz))
  }

  /** True when two thirds of the sync committee signed. */
  get hasSupermajority(): boolean {
    const { participation } = this.#places
    const members = (participation.end(this.ssz) - participation.start(this.ssz)) * 8
    return this.participants * 3 >= members * 2
  }
}

/** A LightClientFinalityUpdate. */
export class FinalityUpdateView extends OptimisticUpdateView {
  readonly finalized: LightClientHeaderView
  readonly #places: FinalityPlaces

  constructor(ssz: Uint8Array, places: FinalityPlaces) {
    super(ssz, places)
    this.finalized = new LightClientHeaderView(ssz, places.finalizedHeader)
    this.#places = places
  }

  /**
   * The finalized header is the one that the state of the attested header names; a header of defaults goes with a branch
   * of zeros, and with the zero root that stands for genesis.
   */
  get isFinalityProven(): boolean {
    const { finalityBranch, finalizedRootIndex } = this.#places
    const branch = this.ssz.subarray(finalityBranch.start(this.ssz), finalityBranch.end(this.ssz))
    const isAbsent = isZero(this.finalized.headerBytes)
    if (isZero(branch)) return isAbsent
    if (this.finalized.slot === 0 && !isAbsent) return false
    const leaf = isAbsent ? new Uint8Array(ROOT_BYTES) : this.finalized.headerRoot
    return isValidMerkleBranch(leaf, branch, finalizedRootIndex, this.stateRoot)
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** FINALIZED_ROOT_GINDEX is 105 in Altair, 169 from Electra and 735 from Gloas on; the leading bit is the depth's. */
function finalizedRootIndex(fork: ForkName): number {
  if (isForkAtLeast(fork, 'gloas')) return 735 - 2 ** 9
  return isForkAtLeast(fork, 'electra') ? 169 - 2 ** 7 : 105 - 2 ** 6
}

function updatePlaces(type: ContainerType, fork: ForkName): UpdatePlaces {
  return {
    attestedHeader: lightClientHeaderPlaces(type, 'attestedHeader', fork),
    participation: fieldRange(type, 'syncAggregate.syncCommitteeBits'),
    signatureSlot: fieldRange(type, 'signatureSlot'),
  }
}

/** Makes views of objects of `type`, the LightClientOptimisticUpdate of `fork`. Throws an Error when it is none. */
export function optimisticUpdateViews(type: ContainerType, fork: ForkName): (ssz: Uint8Array) => OptimisticUpdateView {
  const places = updatePlaces(type, fork)
  return (ssz) => new OptimisticUpdateView(ssz, places)
}

/** Makes views of objects of `type`, the LightClientFinalityUpdate of `fork`. Throws an Error when it is none. */
export function finalityUpdateViews(type: ContainerType, fork: ForkName): (ssz: Uint8Array) => FinalityUpdateView {
  const places: FinalityPlaces = {
    ...updatePlaces(type, fork),
    finalizedHeader: lightClientHeaderPlaces(type, 'finalizedHeader', fork),
    finalityBranch: fieldRange(type, 'finalityBranch'),
    finalizedRootIndex: finalizedRootIndex(fork),
  }
  return (ssz) => new FinalityUpdateView(ssz, places)
}
