import type { JobRun } from '../job-table.ts'
import { trustedSetup } from './trusted-setup.ts'

/**
 * verify_blob_kzg_proof (specs/deneb/polynomial-commitments.md): true when the blob is the commitment's.
 * @throws Error when the trusted setup cannot be loaded
 */
export const verifyBlob: JobRun<'verify-blob'> = ({ blob, commitment, proof }) => {
  const setup = trustedSetup()
  try {
    return setup.verifyBlobKzgProof(blob, commitment, proof)
  } catch {
    return false
  }
}
