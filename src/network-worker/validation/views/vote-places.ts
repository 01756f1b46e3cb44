import { fixedOffset } from '../../../consensus/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz-layout-type.ts'

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
