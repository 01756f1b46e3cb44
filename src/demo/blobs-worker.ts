/** Thread entry: computes the demo's blobs, posts them, ends. */
import { parentPort } from 'node:worker_threads'
import { DasContextJs } from '@crate-crypto/node-eth-kzg'
import { BLOB_COUNT, type BlobWithCells, demoBlob } from './blobs.ts'

const kzg = DasContextJs.create({ usePrecomp: false })

function withCells(index: number): BlobWithCells {
  const blob = demoBlob(index)
  const { cells, proofs } = kzg.computeCellsAndKzgProofs(blob)
  return { commitment: kzg.blobToKzgCommitment(blob), cells, proofs }
}

parentPort?.postMessage(Array.from({ length: BLOB_COUNT }, (_, index) => withCells(index)))
