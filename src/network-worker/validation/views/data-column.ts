/** DataColumnSidecars: Fulu's carry their block's header and commitments, Gloas' only name the block. */
import { type FieldRange, fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { HeaderView } from './block-header.ts'

interface ColumnPlaces {
  readonly indexAt: number
  readonly column: FieldRange
  readonly proofs: FieldRange
}

interface FuluPlaces extends ColumnPlaces {
  readonly headerAt: number
  readonly commitments: FieldRange
  readonly inclusionProof: FieldRange
}

interface GloasPlaces extends ColumnPlaces {
  readonly slotAt: number
  readonly blockRoot: FieldRange
}

/** A DataColumnSidecar of Fulu, seen as the header that it carries and more. */
export class FuluColumnView extends HeaderView {
  readonly index: number
  readonly #places: FuluPlaces

  constructor(ssz: Uint8Array, places: FuluPlaces) {
    super(ssz, places.headerAt)
    this.index = readUint64(ssz, places.indexAt)
    this.#places = places
  }

  get cellCount(): number {
    return this.#places.column.count(this.ssz)
  }

  get proofCount(): number {
    return this.#places.proofs.count(this.ssz)
  }

  get commitmentCount(): number {
    return this.#places.commitments.count(this.ssz)
  }

  /** One run of commitments. */
  get commitments(): Uint8Array {
    const { commitments } = this.#places
    return this.ssz.subarray(commitments.start(this.ssz), commitments.end(this.ssz))
  }

  /** The branch from the list of commitments up to the root of the block's body, one run of nodes. */
  get inclusionProof(): Uint8Array {
    const { inclusionProof } = this.#places
    return this.ssz.subarray(inclusionProof.start(this.ssz), inclusionProof.end(this.ssz))
  }
}

/** A DataColumnSidecar of Gloas. */
export class GloasColumnView {
  readonly index: number
  readonly slot: number
  readonly #ssz: Uint8Array
  readonly #places: GloasPlaces

  constructor(ssz: Uint8Array, places: GloasPlaces) {
    this.index = readUint64(ssz, places.indexAt)
    this.slot = readUint64(ssz, places.slotAt)
    this.#ssz = ssz
    this.#places = places
  }

  get cellCount(): number {
    return this.#places.column.count(this.#ssz)
  }

  get proofCount(): number {
    return this.#places.proofs.count(this.#ssz)
  }

  /** Root of the block whose bid commits to the blobs. */
  get blockRoot(): Uint8Array {
    const { blockRoot } = this.#places
    return this.#ssz.subarray(blockRoot.start(this.#ssz), blockRoot.end(this.#ssz))
  }
}

/** Makes views of objects of `type`, Fulu's DataColumnSidecar. Throws an Error when it is another. */
export function fuluColumnViews(type: ContainerType): (ssz: Uint8Array) => FuluColumnView {
  const places: FuluPlaces = {
    indexAt: fixedOffset(type, 'index'),
    column: fieldRange(type, 'column'),
    proofs: fieldRange(type, 'kzgProofs'),
    headerAt: fixedOffset(type, 'signedBlockHeader.message'),
    commitments: fieldRange(type, 'kzgCommitments'),
    inclusionProof: fieldRange(type, 'kzgCommitmentsInclusionProof'),
  }
  return (ssz) => new FuluColumnView(ssz, places)
}

/** Makes views of objects of `type`, Gloas' DataColumnSidecar. Throws an Error when it is another. */
export function gloasColumnViews(type: ContainerType): (ssz: Uint8Array) => GloasColumnView {
  const places: GloasPlaces = {
    indexAt: fixedOffset(type, 'index'),
    column: fieldRange(type, 'column'),
    proofs: fieldRange(type, 'kzgProofs'),
    slotAt: fixedOffset(type, 'slot'),
    blockRoot: fieldRange(type, 'beaconBlockRoot'),
  }
  return (ssz) => new GloasColumnView(ssz, places)
}
