import { type FieldRange, fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { type BitlistFacts, bitlistFacts, countBits, firstBit } from './bits.ts'
import { type VotePlaces, VoteView, votePlaces } from './vote-view.ts'

interface Places extends VotePlaces {
  readonly aggregatorIndex: number
  readonly selectionProof: FieldRange
  readonly aggregationBits: FieldRange
  /** Absent before Electra. */
  readonly committeeBits: FieldRange | undefined
}

/**
 * SignedAggregateAndProof. Spec: specs/phase0/validator.md#signedaggregateandproof, specs/electra/beacon-chain.md
 */
export class SignedAggregateView extends VoteView<Places> {
  readonly bits: BitlistFacts

  constructor(ssz: Uint8Array, at: Places) {
    super(ssz, at)
    this.bits = bitlistFacts(ssz, at.aggregationBits.start(ssz), at.aggregationBits.end(ssz))
  }

  get validatorIndex(): number {
    return readUint64(this.ssz, this.at.aggregatorIndex)
  }

  /** Committees that the aggregate is of: before Electra one, and since then as many as committee_bits says. */
  get committees(): number {
    const { committeeBits } = this.at
    return committeeBits === undefined ? 1 : countBits(this.ssz, ...this.#bounds(committeeBits))
  }

  /** Since Electra that of the first bit of committee_bits, -1 when none is set. */
  get committeeIndex(): number {
    const { committeeBits } = this.at
    return committeeBits === undefined ? this.dataIndex : firstBit(this.ssz, ...this.#bounds(committeeBits))
  }

  get selectionProof(): Uint8Array {
    return this.ssz.subarray(...this.#bounds(this.at.selectionProof))
  }

  #bounds(range: FieldRange): [start: number, end: number] {
    return [range.start(this.ssz), range.end(this.ssz)]
  }
}

/** Makes views of objects of `type`, a SignedAggregateAndProof. Throws an Error when it is none. */
export function signedAggregateViews(type: ContainerType): (ssz: Uint8Array) => SignedAggregateView {
  const aggregate = 'message.aggregate'
  const { type: attestation } = fieldRange(type, aggregate)
  const hasCommitteeBits = attestation.kind === 'container' && attestation.fields.has('committeeBits')
  const at: Places = {
    ...votePlaces(type, `${aggregate}.data`),
    aggregatorIndex: fixedOffset(type, 'message.aggregatorIndex'),
    selectionProof: fieldRange(type, 'message.selectionProof'),
    aggregationBits: fieldRange(type, `${aggregate}.aggregationBits`),
    committeeBits: hasCommitteeBits ? fieldRange(type, `${aggregate}.committeeBits`) : undefined,
  }
  return (ssz) => new SignedAggregateView(ssz, at)
}
