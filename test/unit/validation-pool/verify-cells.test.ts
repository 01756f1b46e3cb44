import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type BlobWithCells, demoBlob } from '../../../src/demo/blobs.ts'
import type { CellColumn } from '../../../src/validation-pool/job-table.ts'
import { trustedSetup } from '../../../src/validation-pool/jobs/trusted-setup.ts'
import { verifyBlob } from '../../../src/validation-pool/jobs/verify-blob.ts'
import { verifyCells } from '../../../src/validation-pool/jobs/verify-cells.ts'

let blobs: readonly BlobWithCells[] = []

before(() => {
  assert.deepEqual([...verifyCells({ columns: [] })], [], 'loads the setup')
  blobs = [0, 1].map((index) => {
    const blob = demoBlob(index)
    const { cells, proofs } = trustedSetup().computeCellsAndKzgProofs(blob)
    return { commitment: trustedSetup().blobToKzgCommitment(blob), cells, proofs }
  })
})

function column(index: number): CellColumn {
  return {
    index,
    commitments: Buffer.concat(blobs.map(({ commitment }) => commitment)),
    cells: Buffer.concat(blobs.map(({ cells }) => cells[index] ?? new Uint8Array())),
    proofs: Buffer.concat(blobs.map(({ proofs }) => proofs[index] ?? new Uint8Array())),
  }
}

test('columns of their blobs, one and many', () => {
  assert.deepEqual([...verifyCells({ columns: [column(0)] })], [1])
  assert.deepEqual([...verifyCells({ columns: [0, 5, 64, 127].map(column) })], [1, 1, 1, 1])
})

test('the columns that are wrong are found among those that are not', () => {
  const wrong: readonly CellColumn[] = [
    { ...column(3), index: 4 },
    { ...column(3), cells: column(4).cells },
    { ...column(3), proofs: column(4).proofs },
    { ...column(3), commitments: Buffer.concat([...blobs].reverse().map(({ commitment }) => commitment)) },
    { ...column(3), cells: new Uint8Array(2 * 2048).fill(0xff) },
    { ...column(3), proofs: new Uint8Array(96) },
    { ...column(3), index: 128 },
    { ...column(3), proofs: column(3).proofs.subarray(48) },
  ]
  for (const [number, bad] of wrong.entries()) {
    assert.deepEqual([...verifyCells({ columns: [bad] })], [0], `number ${number}`)
    assert.deepEqual([...verifyCells({ columns: [column(0), bad, column(9)] })], [1, 0, 1], `number ${number}`)
  }
})

test('a blob of its commitment, and of another', () => {
  const [blob, commitment] = [demoBlob(0), blobs[0]?.commitment ?? new Uint8Array()]
  const proof = trustedSetup().computeBlobKzgProof(blob, commitment)
  assert.equal(verifyBlob({ blob, commitment, proof }), true)
  assert.equal(verifyBlob({ blob: demoBlob(1), commitment, proof }), false)
  assert.equal(verifyBlob({ blob, commitment, proof: commitment }), false)
  assert.equal(verifyBlob({ blob, commitment: new Uint8Array(48).fill(1), proof }), false)
  assert.equal(verifyBlob({ blob: blob.subarray(1), commitment, proof }), false)
})
