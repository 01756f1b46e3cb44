import { fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { signedProposerPreferences } from '../../../consensus/ssz-types/payload-separation.ts'
import { toHex } from '../../../shared/hex.ts'

const PROPOSAL_SLOT_AT = fixedOffset(signedProposerPreferences, 'message.proposalSlot')
const VALIDATOR_INDEX_AT = fixedOffset(signedProposerPreferences, 'message.validatorIndex')
const DEPENDENT_ROOT = fieldRange(signedProposerPreferences, 'message.dependentRoot')

/** SignedProposerPreferences. */
export class ProposerPreferencesView {
  /** The slot that will be proposed for. */
  readonly slot: number
  readonly validatorIndex: number
  readonly #ssz: Uint8Array

  constructor(ssz: Uint8Array) {
    this.slot = readUint64(ssz, PROPOSAL_SLOT_AT)
    this.validatorIndex = readUint64(ssz, VALIDATOR_INDEX_AT)
    this.#ssz = ssz
  }

  get dependentRootHex(): string {
    return toHex(this.#ssz.subarray(DEPENDENT_ROOT.start(this.#ssz), DEPENDENT_ROOT.end(this.#ssz)))
  }
}
