import { fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'

/** Where the parts of an AttestationData lie that rules read. */
export interface VotePlaces {
  readonly slot: number
  readonly index: number
  readonly targetEpoch: number
}

/** The places of the AttestationData that is the field `path` of `type`. Throws an Error when there is none. */
export function votePlaces(type: ContainerType, path: string): VotePlaces {
  return {
    slot: fixedOffset(type, `${path}.slot`),
    index: fixedOffset(type, `${path}.index`),
    targetEpoch: fixedOffset(type, `${path}.target.epoch`),
  }
}

/** What holds an AttestationData, read where it lies. Spec: specs/phase0/beacon-chain.md#attestationdata */
export class VoteView<Places extends VotePlaces> {
  protected readonly ssz: Uint8Array
  protected readonly at: Places

  constructor(ssz: Uint8Array, at: Places) {
    this.ssz = ssz
    this.at = at
  }

  get slot(): number {
    return readUint64(this.ssz, this.at.slot)
  }

  get dataIndex(): number {
    return readUint64(this.ssz, this.at.index)
  }

  get targetEpoch(): number {
    return readUint64(this.ssz, this.at.targetEpoch)
  }
}
