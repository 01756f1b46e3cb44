import { fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { signedExecutionPayloadBid } from '../../../consensus/ssz-types/payload-separation.ts'
import { toHex } from '../../../shared/hex.ts'

const SLOT_AT = fixedOffset(signedExecutionPayloadBid, 'message.slot')
const BUILDER_INDEX_AT = fixedOffset(signedExecutionPayloadBid, 'message.builderIndex')
const EXECUTION_PAYMENT_AT = fixedOffset(signedExecutionPayloadBid, 'message.executionPayment')
const PARENT_BLOCK_HASH = fieldRange(signedExecutionPayloadBid, 'message.parentBlockHash')
const PARENT_BLOCK_ROOT = fieldRange(signedExecutionPayloadBid, 'message.parentBlockRoot')
const COMMITMENTS = fieldRange(signedExecutionPayloadBid, 'message.blobKzgCommitments')

/** A SignedExecutionPayloadBid. */
export class PayloadBidView {
  readonly slot: number
  readonly builderIndex: number
  readonly #ssz: Uint8Array

  constructor(ssz: Uint8Array) {
    this.slot = readUint64(ssz, SLOT_AT)
    this.builderIndex = readUint64(ssz, BUILDER_INDEX_AT)
    this.#ssz = ssz
  }

  /** In Gwei; only exact where it is 0 or below 2^53. */
  get executionPaymentGwei(): number {
    return readUint64(this.#ssz, EXECUTION_PAYMENT_AT)
  }

  get blobCount(): number {
    return COMMITMENTS.count(this.#ssz)
  }

  /** Hash of the payload and root of the block that it builds on, hex digits with a colon between. */
  get parentHex(): string {
    const ssz = this.#ssz
    const hash = ssz.subarray(PARENT_BLOCK_HASH.start(ssz), PARENT_BLOCK_HASH.end(ssz))
    return `${toHex(hash)}:${toHex(ssz.subarray(PARENT_BLOCK_ROOT.start(ssz), PARENT_BLOCK_ROOT.end(ssz)))}`
  }
}
