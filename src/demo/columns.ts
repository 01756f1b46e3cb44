/** Data column sidecars of a block (specs/fulu/validator.md#get_data_column_sidecars). */
import {
  KZG_COMMITMENTS_INCLUSION_PROOF_DEPTH,
  KZG_COMMITMENTS_SUBTREE_INDEX,
  NUMBER_OF_COLUMNS,
} from '@lodestar/params'
import { type electra, type fulu, ssz } from '@lodestar/types'
import type { BlobWithCells } from './blobs.ts'
import type { DemoBlock } from './chain.ts'
import { merkleBranch } from './merkle.ts'

function fieldRoots(body: electra.BeaconBlockBody): Uint8Array[] {
  const { fields } = ssz.fulu.BeaconBlock.fields.body
  const names = Object.keys(fields) as (keyof typeof fields)[]
  // Each value is of its field's type, which a union over all fields cannot express.
  return names.map((name) =>
    (fields[name].hashTreeRoot as (value: unknown) => Uint8Array).call(fields[name], body[name]),
  )
}

/** The branch that proves a body's blob commitments against its root, 4 nodes. */
function commitmentsInclusionProof(body: electra.BeaconBlockBody): Uint8Array[] {
  return merkleBranch(fieldRoots(body), KZG_COMMITMENTS_INCLUSION_PROOF_DEPTH, KZG_COMMITMENTS_SUBTREE_INDEX)
}

/**
 * The sidecars of the columns `indices`.
 * @param blobs those whose commitments the block carries, in its order; at least one
 */
export function buildColumnSidecars(
  block: DemoBlock,
  blobs: readonly BlobWithCells[],
  indices: readonly number[],
): readonly fulu.DataColumnSidecar[] {
  const { body } = block.signedBlock.message
  const kzgCommitmentsInclusionProof = commitmentsInclusionProof(body)
  return indices.map((index) => {
    if (index < 0 || index >= NUMBER_OF_COLUMNS) throw new Error(`no column ${index}`)
    return {
      index,
      column: blobs.map((blob) => blob.cells[index] as Uint8Array),
      kzgCommitments: body.blobKzgCommitments,
      kzgProofs: blobs.map((blob) => blob.proofs[index] as Uint8Array),
      signedBlockHeader: block.signedHeader,
      kzgCommitmentsInclusionProof,
    }
  })
}
