/** Blocks and columns of Fulu that break no rule which a relay can hold them against. Nobody signed them. */
import { hash, randomBytes } from 'node:crypto'
import { ssz } from '@lodestar/types'
import { CELL_BYTES } from '../../src/consensus/ssz/ssz-bounds.ts'
import { fieldRange, fixedOffset } from '../../src/consensus/ssz/ssz-layout-fields.ts'
import { gossipType } from '../../src/consensus/ssz-types/gossip-types.ts'
import type { PayloadShape } from '../../test/support/go-payload.ts'
import { madeBlock } from './made-block.ts'
import { stampedShape } from './stamped-payload.ts'

const NUMBER_BYTES = 8
const ROOT_BYTES = 32
const COMMITMENT_BYTES = 48
const SIGNATURE_BYTES = 96
/** KZG_COMMITMENTS_INCLUSION_PROOF_DEPTH, specs/fulu/p2p-interface.md */
const PROOF_DEPTH = 4

/**
 * A SignedBeaconBlock. Each copy is another by its last 8 bytes, the end of a key.
 * @param proposers that take turns: one where no slot has two blocks; of a proposer and slot two pass unverified
 */
export function blockShape(sizeBytes: number, proposers: number): PayloadShape {
  const type = gossipType('beacon_block', 'fulu', 'mainnet')
  const block = madeBlock(sizeBytes)
  return stampedShape(block, [
    { offset: fixedOffset(type, 'message.slot'), value: 'slot' },
    { offset: fixedOffset(type, 'message.proposerIndex'), value: 'turn', below: proposers },
    { offset: fieldRange(type, 'message.body.executionPayload.timestamp').start(block), value: 'slotStart' },
    { offset: block.length - NUMBER_BYTES, value: 'serial' },
  ])
}

/**
 * A DataColumnSidecar with a right inclusion proof, and cells and KZG proofs of nothing. Cells are what rollups have
 * compressed already: snappy finds nothing in them. Each copy is another by its last 8 bytes, the end of a KZG proof.
 * @param proposers as for blocks
 */
export function columnShape(blobs: number, proposers: number): PayloadShape {
  const type = gossipType('data_column_sidecar', 'fulu', 'mainnet')
  const kzgCommitments = ofEachBlob(blobs, COMMITMENT_BYTES)
  const proof = Array.from({ length: PROOF_DEPTH }, () => randomBytes(ROOT_BYTES))
  const header = {
    ...{ slot: 0, proposerIndex: 0, parentRoot: randomBytes(ROOT_BYTES), stateRoot: randomBytes(ROOT_BYTES) },
    bodyRoot: bodyRootOf(kzgCommitments, proof),
  }
  const column = ssz.fulu.DataColumnSidecar.serialize({
    index: 0,
    column: ofEachBlob(blobs, CELL_BYTES),
    kzgCommitments,
    kzgProofs: ofEachBlob(blobs, COMMITMENT_BYTES),
    signedBlockHeader: { message: header, signature: randomBytes(SIGNATURE_BYTES) },
    kzgCommitmentsInclusionProof: proof,
  })
  return stampedShape(column, [
    { offset: fixedOffset(type, 'index'), value: 'topicNumber' },
    { offset: fixedOffset(type, 'signedBlockHeader.message.slot'), value: 'slot' },
    { offset: fixedOffset(type, 'signedBlockHeader.message.proposerIndex'), value: 'turn', below: proposers },
    { offset: column.length - NUMBER_BYTES, value: 'serial' },
  ])
}

function ofEachBlob(blobs: number, bytes: number): Uint8Array[] {
  return Array.from({ length: blobs }, () => randomBytes(bytes))
}

/** The root of the body in which `proof` proves the commitments: any branch leads to one. */
function bodyRootOf(commitments: Uint8Array[], proof: readonly Uint8Array[]): Uint8Array {
  // Fulu's body is Electra's.
  const field = Object.keys(ssz.electra.BeaconBlockBody.fields).indexOf('blobKzgCommitments')
  const leaf = ssz.deneb.BlobKzgCommitments.hashTreeRoot(commitments)
  return proof.reduce(
    (node, sibling, level) =>
      hash('sha256', Buffer.concat((field >>> level) % 2 === 1 ? [sibling, node] : [node, sibling]), 'buffer'),
    leaf,
  )
}
