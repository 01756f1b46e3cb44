/** Blobs and columns of them. Spec: specs/deneb/p2p-interface.md, specs/fulu/das-core.md, specs/gloas/p2p-interface.md */
import { CELL_BYTES } from '../ssz/ssz-bounds.ts'
import { bytes, type ContainerType, container, list, uint64 } from '../ssz/ssz-layout-type.ts'
import {
  blobKzgCommitments,
  branch,
  kzgPoint,
  MAX_BLOB_COMMITMENTS_PER_BLOCK,
  root,
  signedBeaconBlockHeader,
} from './basic.ts'
import { type Edition, fieldsIn } from './edition.ts'

/** BYTES_PER_FIELD_ELEMENT, specs/deneb/polynomial-commitments.md */
const BYTES_PER_FIELD_ELEMENT = 32
/** FIELD_ELEMENTS_PER_BLOB, presets/<preset>/deneb.yaml */
const FIELD_ELEMENTS_PER_BLOB = 4096
/** KZG_COMMITMENT_INCLUSION_PROOF_DEPTH of both presets, presets/<preset>/deneb.yaml */
const KZG_COMMITMENT_INCLUSION_PROOF_DEPTH = 17
/** KZG_COMMITMENTS_INCLUSION_PROOF_DEPTH, presets/<preset>/fulu.yaml */
const KZG_COMMITMENTS_INCLUSION_PROOF_DEPTH = 4

export const blobSidecar = container('BlobSidecar', {
  index: uint64,
  blob: bytes(BYTES_PER_FIELD_ELEMENT * FIELD_ELEMENTS_PER_BLOB),
  kzgCommitment: kzgPoint,
  kzgProof: kzgPoint,
  signedBlockHeader: signedBeaconBlockHeader,
  kzgCommitmentInclusionProof: branch(KZG_COMMITMENT_INCLUSION_PROOF_DEPTH),
})

const cell = bytes(CELL_BYTES)

/** In Gloas the commitments are in the bid of the block that the column names. */
export function dataColumnSidecarType(edition: Edition): ContainerType {
  const proven = {
    signedBlockHeader: signedBeaconBlockHeader,
    kzgCommitmentsInclusionProof: branch(KZG_COMMITMENTS_INCLUSION_PROOF_DEPTH),
  }
  const isUntil = { from: 'phase0', until: 'gloas' } as const
  return container('DataColumnSidecar', {
    index: uint64,
    column: list(cell, MAX_BLOB_COMMITMENTS_PER_BLOCK),
    ...fieldsIn(edition, isUntil, { kzgCommitments: blobKzgCommitments }),
    kzgProofs: list(kzgPoint, MAX_BLOB_COMMITMENTS_PER_BLOCK),
    ...fieldsIn(edition, isUntil, proven),
    ...fieldsIn(edition, { from: 'gloas' }, { slot: uint64, beaconBlockRoot: root }),
  })
}
