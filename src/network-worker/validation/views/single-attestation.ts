import { fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { type VotePlaces, VoteView, votePlaces } from './vote-view.ts'

interface Places extends VotePlaces {
  readonly committeeIndex: number
  readonly attesterIndex: number
}

/** SingleAttestation, on subnets from Electra on. Spec: specs/electra/beacon-chain.md#singleattestation */
export class SingleAttestationView extends VoteView<Places> {
  get committeeIndex(): number {
    return readUint64(this.ssz, this.at.committeeIndex)
  }

  get validatorIndex(): number {
    return readUint64(this.ssz, this.at.attesterIndex)
  }
}

/** Makes views of objects of `type`, a SingleAttestation. Throws an Error when it is none. */
export function singleAttestationViews(type: ContainerType): (ssz: Uint8Array) => SingleAttestationView {
  const at: Places = {
    ...votePlaces(type, 'data'),
    committeeIndex: fixedOffset(type, 'committeeIndex'),
    attesterIndex: fixedOffset(type, 'attesterIndex'),
  }
  return (ssz) => new SingleAttestationView(ssz, at)
}
