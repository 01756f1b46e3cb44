import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { before, test } from 'node:test'
import { DasContextJs } from '@crate-crypto/node-eth-kzg'
import { type fulu, ssz } from '@lodestar/types'
import { TOPIC_TABLE } from '../../../src/consensus/topic-table.ts'
import { type BlobWithCells, computeBlobs } from '../../../src/demo/blobs.ts'
import type { DemoBlock } from '../../../src/demo/chain.ts'
import { buildColumnSidecars } from '../../../src/demo/columns.ts'
import { createDemoParts } from './demo-parts.ts'

/** Gindex 27: field 11 of 16 leaves (specs/fulu/p2p-interface.md#verify_data_column_sidecar_inclusion_proof). */
const COMMITMENTS_FIELD = 11
const COLUMN = 77

let blobs: readonly BlobWithCells[]
before(async () => {
  blobs = await computeBlobs(new AbortController().signal)
})

function blockWithBlobs(): DemoBlock {
  const { chain } = createDemoParts()
  return chain.propose({ slot: 8, blobCommitments: blobs.map((blob) => blob.commitment), attestations: [] })
}

function sidecarOf(block: DemoBlock): fulu.DataColumnSidecar {
  const [sidecar] = buildColumnSidecars(block, blobs, [COLUMN])
  assert.ok(sidecar !== undefined)
  return sidecar
}

test('cells of a column verify against the commitments', () => {
  const sidecar = sidecarOf(blockWithBlobs())
  const kzg = DasContextJs.create({ usePrecomp: false })
  const { kzgCommitments, column, kzgProofs } = sidecar
  const indices = column.map(() => sidecar.index)
  assert.equal(column.length, 2)
  assert.ok(kzg.verifyCellKzgProofBatch(kzgCommitments, indices, column, kzgProofs))
  const shifted = indices.map((index) => index + 1)
  assert.ok(!kzg.verifyCellKzgProofBatch(kzgCommitments, shifted, column, kzgProofs))
})

test('the inclusion proof leads from the commitments to the body root of the signed header', () => {
  const block = blockWithBlobs()
  const { kzgCommitments, kzgCommitmentsInclusionProof, signedBlockHeader } = sidecarOf(block)
  let node: Uint8Array = ssz.fulu.BeaconBlock.fields.body.fields.blobKzgCommitments.hashTreeRoot(kzgCommitments)
  for (const [level, sibling] of kzgCommitmentsInclusionProof.entries()) {
    const isRight = (COMMITMENTS_FIELD >> level) % 2 === 1
    node = hash('sha256', Buffer.concat(isRight ? [sibling, node] : [node, sibling]), 'buffer')
  }
  assert.equal(kzgCommitmentsInclusionProof.length, 4)
  assert.deepEqual(new Uint8Array(node), new Uint8Array(signedBlockHeader.message.bodyRoot))
  assert.deepEqual(ssz.phase0.BeaconBlockHeader.hashTreeRoot(signedBlockHeader.message), block.root)
})

test("a sidecar survives its type's serialisation and fits its topic's bounds", () => {
  const sidecar = sidecarOf(blockWithBlobs())
  const bytes = ssz.fulu.DataColumnSidecar.serialize(sidecar)
  const { minSszBytes, maxSszBytes } = TOPIC_TABLE.data_column_sidecar
  assert.ok(bytes.length >= minSszBytes('fulu') && bytes.length <= maxSszBytes('fulu', 6))
  assert.ok(ssz.fulu.DataColumnSidecar.equals(ssz.fulu.DataColumnSidecar.deserialize(bytes), sidecar))
})

test('a column that does not exist is refused', () => {
  assert.throws(() => buildColumnSidecars(blockWithBlobs(), blobs, [128]), /no column/)
})

test('an aborted computation ends its thread and rejects', async () => {
  const abort = new AbortController()
  const computing = computeBlobs(abort.signal)
  abort.abort()
  await assert.rejects(computing, /aborted/)
})
