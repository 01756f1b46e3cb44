/** Operations of fixed length that are the same in every fork. */
import { fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { areEqualBytes, readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import {
  proposerSlashing,
  signedBlsToExecutionChange,
  signedVoluntaryExit,
} from '../../../consensus/ssz-types/operations.ts'
import { HEADER_BYTES, HeaderView } from './block-header.ts'

const UINT64_BYTES = 8
const EXIT_EPOCH_AT = fixedOffset(signedVoluntaryExit, 'message.epoch')
const EXIT_INDEX_AT = fixedOffset(signedVoluntaryExit, 'message.validatorIndex')
const CHANGE_INDEX_AT = fixedOffset(signedBlsToExecutionChange, 'message.validatorIndex')
const HEADER_1_AT = fixedOffset(proposerSlashing, 'signedHeader1.message')
const HEADER_2_AT = fixedOffset(proposerSlashing, 'signedHeader2.message')
const SLOT_1_AT = fixedOffset(proposerSlashing, 'signedHeader1.message.slot')
const SLOT_2_AT = fixedOffset(proposerSlashing, 'signedHeader2.message.slot')
const PROPOSER_1_AT = fixedOffset(proposerSlashing, 'signedHeader1.message.proposerIndex')
const PROPOSER_2_AT = fixedOffset(proposerSlashing, 'signedHeader2.message.proposerIndex')

/** A SignedVoluntaryExit. */
export class VoluntaryExitView {
  /** The first epoch in which the exit is valid. */
  readonly epoch: number
  readonly validatorIndex: number

  constructor(ssz: Uint8Array) {
    this.epoch = readUint64(ssz, EXIT_EPOCH_AT)
    this.validatorIndex = readUint64(ssz, EXIT_INDEX_AT)
  }
}

/** A SignedBLSToExecutionChange. */
export class BlsToExecutionChangeView {
  readonly validatorIndex: number

  constructor(ssz: Uint8Array) {
    this.validatorIndex = readUint64(ssz, CHANGE_INDEX_AT)
  }
}

/** A ProposerSlashing, seen as the first of its headers. */
export class ProposerSlashingView extends HeaderView {
  constructor(ssz: Uint8Array) {
    super(ssz, HEADER_1_AT)
  }

  /** Two headers that differ, of one proposer and one slot. */
  get areHeadersSlashable(): boolean {
    return (
      areEqualBytes(this.ssz, SLOT_1_AT, SLOT_2_AT, UINT64_BYTES) &&
      areEqualBytes(this.ssz, PROPOSER_1_AT, PROPOSER_2_AT, UINT64_BYTES) &&
      !areEqualBytes(this.ssz, HEADER_1_AT, HEADER_2_AT, HEADER_BYTES)
    )
  }
}
