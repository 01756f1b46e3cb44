import { type FieldRange, fieldRange } from '../../../consensus/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz-read.ts'
import { type BitlistFacts, bitlistFacts } from './bits.ts'
import { type VotePlaces, votePlaces } from './vote-places.ts'

interface Places extends VotePlaces {
  readonly aggregationBits: FieldRange
}

/** Attestation, on subnets before Electra. Spec: specs/phase0/beacon-chain.md#attestation */
export class CommitteeAttestationView {
  readonly bits: BitlistFacts
  readonly #ssz: Uint8Array
  readonly #at: Places

  constructor(ssz: Uint8Array, at: Places) {
    this.bits = bitlistFacts(ssz, at.aggregationBits.start(ssz), at.aggregationBits.end(ssz))
    this.#ssz = ssz
    this.#at = at
  }

  get slot(): number {
    return readUint64(this.#ssz, this.#at.slot)
  }

  get targetEpoch(): number {
    return readUint64(this.#ssz, this.#at.targetEpoch)
  }

  get committeeIndex(): number {
    return readUint64(this.#ssz, this.#at.index)
  }
}

/** Makes views of objects of `type`, an Attestation. Throws an Error when it is none. */
export function committeeAttestationViews(type: ContainerType): (ssz: Uint8Array) => CommitteeAttestationView {
  const at: Places = { ...votePlaces(type, 'data'), aggregationBits: fieldRange(type, 'aggregationBits') }
  return (ssz) => new CommitteeAttestationView(ssz, at)
}
