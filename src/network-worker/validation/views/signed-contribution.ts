import { type FieldRange, fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { countBits } from './bits.ts'

interface Places {
  readonly slot: number
  readonly subcommitteeIndex: number
  readonly aggregatorIndex: number
  readonly aggregationBits: FieldRange
  readonly selectionProof: FieldRange
}

/** SignedContributionAndProof. Spec: specs/altair/validator.md#signedcontributionandproof */
export class SignedContributionView {
  readonly #ssz: Uint8Array
  readonly #at: Places

  constructor(ssz: Uint8Array, at: Places) {
    this.#ssz = ssz
    this.#at = at
  }

  get slot(): number {
    return readUint64(this.#ssz, this.#at.slot)
  }

  get subcommitteeIndex(): number {
    return readUint64(this.#ssz, this.#at.subcommitteeIndex)
  }

  get validatorIndex(): number {
    return readUint64(this.#ssz, this.#at.aggregatorIndex)
  }

  get participants(): number {
    return countBits(this.#ssz, ...this.#bounds(this.#at.aggregationBits))
  }

  get selectionProof(): Uint8Array {
    return this.#ssz.subarray(...this.#bounds(this.#at.selectionProof))
  }

  #bounds(range: FieldRange): [start: number, end: number] {
    return [range.start(this.#ssz), range.end(this.#ssz)]
  }
}

/** Makes views of objects of `type`, a SignedContributionAndProof. Throws an Error when it is none. */
export function signedContributionViews(type: ContainerType): (ssz: Uint8Array) => SignedContributionView {
  const contribution = 'message.contribution'
  const at: Places = {
    slot: fixedOffset(type, `${contribution}.slot`),
    subcommitteeIndex: fixedOffset(type, `${contribution}.subcommitteeIndex`),
    aggregatorIndex: fixedOffset(type, 'message.aggregatorIndex'),
    aggregationBits: fieldRange(type, `${contribution}.aggregationBits`),
    selectionProof: fieldRange(type, 'message.selectionProof'),
  }
  return (ssz) => new SignedContributionView(ssz, at)
}
