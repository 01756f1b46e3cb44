import { type FieldRange, fieldRange } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { type BitlistFacts, bitlistFacts } from './bits.ts'
import { type VotePlaces, VoteView, votePlaces } from './vote-view.ts'

interface Places extends VotePlaces {
  readonly aggregationBits: FieldRange
}

/** Attestation, on subnets before Electra. Spec: specs/phase0/beacon-chain.md#attestation */
export class CommitteeAttestationView extends VoteView<Places> {
  readonly bits: BitlistFacts

  constructor(ssz: Uint8Array, at: Places) {
    super(ssz, at)
    this.bits = bitlistFacts(ssz, at.aggregationBits.start(ssz), at.aggregationBits.end(ssz))
  }

  get committeeIndex(): number {
    return this.dataIndex
  }
}

/** Makes views of objects of `type`, an Attestation. Throws an Error when it is none. */
export function committeeAttestationViews(type: ContainerType): (ssz: Uint8Array) => CommitteeAttestationView {
  const at: Places = { ...votePlaces(type, 'data'), aggregationBits: fieldRange(type, 'aggregationBits') }
  return (ssz) => new CommitteeAttestationView(ssz, at)
}
