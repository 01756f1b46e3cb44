/** Blobs and columns that pass, with the headers and proofs of blocks which commit to them; no cell is of any blob. */
import { type deneb, type fulu, type gloas, type phase0, ssz } from '@lodestar/types'
import { merkleBranch } from '../../../../src/demo/merkle.ts'
import { commitments, denebBlock, fuluBlock } from './block-values.ts'

const BODY_DEPTH = 4
const COMMITMENTS_FIELD = 11
const COMMITMENTS_DEPTH = 12
export const BLOBS = 3

interface BodyType<Body> {
  readonly fields: Readonly<Record<string, { hashTreeRoot(value: never): Uint8Array }>>
  hashTreeRoot(body: Body): Uint8Array
}

/** The branch of a body's commitments, and a header with the body's root. */
function proveBody<Body extends object>(
  type: BodyType<Body>,
  block: { message: { slot: number; proposerIndex: number; parentRoot: Uint8Array; body: Body } },
): { header: phase0.SignedBeaconBlockHeader; branch: Uint8Array[] } {
  const { slot, proposerIndex, parentRoot, body } = block.message
  const values = body as Readonly<Record<string, never>>
  const roots = Object.entries(type.fields).map(([name, field]) => field.hashTreeRoot(values[name] as never))
  const header = ssz.phase0.SignedBeaconBlockHeader.defaultValue()
  Object.assign(header.message, { slot, proposerIndex, parentRoot, bodyRoot: type.hashTreeRoot(body) })
  header.message.stateRoot = new Uint8Array(32).fill(6)
  return { header, branch: merkleBranch(roots, BODY_DEPTH, COMMITMENTS_FIELD) }
}

export function blobSidecar(slot: number, index: number): deneb.BlobSidecar {
  const list = commitments(BLOBS)
  const { header, branch } = proveBody(ssz.deneb.BeaconBlock.fields.body, denebBlock(slot))
  const roots = list.map((commitment) => ssz.deneb.KZGCommitment.hashTreeRoot(commitment))
  const length = new Uint8Array(32)
  length[0] = list.length
  const sidecar = ssz.deneb.BlobSidecar.defaultValue()
  sidecar.index = index
  sidecar.kzgCommitment = list[index] ?? new Uint8Array(48)
  sidecar.signedBlockHeader = header
  sidecar.kzgCommitmentInclusionProof = [...merkleBranch(roots, COMMITMENTS_DEPTH, index), length, ...branch]
  return sidecar
}

export function fuluColumn(slot: number, index: number, blobs = BLOBS): fulu.DataColumnSidecar {
  const block = fuluBlock(slot)
  block.message.body.blobKzgCommitments = commitments(blobs)
  const { header, branch } = proveBody(ssz.fulu.BeaconBlock.fields.body, block)
  return {
    index,
    column: cells(blobs),
    kzgCommitments: commitments(blobs),
    kzgProofs: commitments(blobs),
    signedBlockHeader: header,
    kzgCommitmentsInclusionProof: branch,
  }
}

export function gloasColumn(slot: number, index: number): gloas.DataColumnSidecar {
  const beaconBlockRoot = new Uint8Array(32).fill(3)
  return { index, column: cells(BLOBS), kzgProofs: commitments(BLOBS), slot, beaconBlockRoot }
}

export function cells(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(2048).fill(1))
}
