import { fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'

interface Places {
  readonly slot: number
  readonly validatorIndex: number
}

/** A vote of one validator for a slot: SyncCommitteeMessage, PayloadAttestationMessage. */
export class SlotVoteView {
  readonly #ssz: Uint8Array
  readonly #at: Places

  constructor(ssz: Uint8Array, at: Places) {
    this.#ssz = ssz
    this.#at = at
  }

  get slot(): number {
    return readUint64(this.#ssz, this.#at.slot)
  }

  get validatorIndex(): number {
    return readUint64(this.#ssz, this.#at.validatorIndex)
  }
}

/**
 * Makes views of objects of `type`, whose slot is at `slotPath`. Throws an Error when it has no such field.
 * Spec: specs/altair/validator.md#synccommitteemessage, specs/gloas/beacon-chain.md#new-payloadattestationmessage
 */
export function slotVoteViews(type: ContainerType, slotPath: string): (ssz: Uint8Array) => SlotVoteView {
  const at: Places = { slot: fixedOffset(type, slotPath), validatorIndex: fixedOffset(type, 'validatorIndex') }
  return (ssz) => new SlotVoteView(ssz, at)
}
