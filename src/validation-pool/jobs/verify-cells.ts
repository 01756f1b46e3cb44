import { CELL_BYTES } from '../../consensus/ssz/ssz-bounds.ts'
import type { CellColumn, JobRun } from '../job-table.ts'
import { trustedSetup } from './trusted-setup.ts'

/** KZGCommitment, KZGProof. */
const POINT_BYTES = 48

function pieces(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: bytes.length / length }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
}

/** verify_data_column_sidecar_kzg_proofs of all of them at once. False for bytes that are no points or numbers. */
function areProven(columns: readonly CellColumn[]): boolean {
  const commitments: Uint8Array[] = []
  const indices: number[] = []
  const cells: Uint8Array[] = []
  const proofs: Uint8Array[] = []
  for (const column of columns) {
    const columnCells = pieces(column.cells, CELL_BYTES)
    cells.push(...columnCells)
    indices.push(...columnCells.map(() => column.index))
    commitments.push(...pieces(column.commitments, POINT_BYTES))
    proofs.push(...pieces(column.proofs, POINT_BYTES))
  }
  const setup = trustedSetup()
  try {
    return setup.verifyCellKzgProofBatch(commitments, indices, cells, proofs)
  } catch {
    return false
  }
}

/**
 * For each column 1 when its cells are those of its commitments, 0 when they are not. All go in one batch, and one by
 * one when one of them is wrong. Without columns it only loads the trusted setup.
 * @throws Error when the trusted setup cannot be loaded
 */
export const verifyCells: JobRun<'verify-cells'> = ({ columns }) => {
  const areAll = areProven(columns)
  if (areAll || columns.length < 2) return new Uint8Array(columns.length).fill(areAll ? 1 : 0)
  return Uint8Array.from(columns, (column) => (areProven([column]) ? 1 : 0))
}
