import { fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { blobSidecar } from '../../../consensus/ssz-types/sidecars.ts'
import { HeaderView } from './block-header.ts'

const INDEX_AT = fixedOffset(blobSidecar, 'index')
const COMMITMENT = fieldRange(blobSidecar, 'kzgCommitment')
const HEADER_AT = fixedOffset(blobSidecar, 'signedBlockHeader.message')
const PROOF = fieldRange(blobSidecar, 'kzgCommitmentInclusionProof')

/** A BlobSidecar, seen as the header that it carries and more. */
export class BlobSidecarView extends HeaderView {
  readonly index: number

  constructor(ssz: Uint8Array) {
    super(ssz, HEADER_AT)
    this.index = readUint64(ssz, INDEX_AT)
  }

  get commitment(): Uint8Array {
    return this.ssz.subarray(COMMITMENT.start(this.ssz), COMMITMENT.end(this.ssz))
  }

  /** The branch from the commitment up to the root of the block's body, one run of nodes. */
  get inclusionProof(): Uint8Array {
    return this.ssz.subarray(PROOF.start(this.ssz), PROOF.end(this.ssz))
  }
}
