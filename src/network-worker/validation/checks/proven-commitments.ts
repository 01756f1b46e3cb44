import { isValidMerkleBranch, kzgCommitmentsRoot } from '../../../consensus/ssz/merkle-proof.ts'

/** What a column says of the body of its block. */
export interface CommitmentsProof {
  readonly commitments: Uint8Array
  /** Of the list of commitments, from it up to the body's root. */
  readonly inclusionProof: Uint8Array
  readonly bodyRoot: Uint8Array
}

/** Blocks of which we remember: those of one slot and its forks, and what spammers put between. */
const MAX_REMEMBERED = 8

/**
 * Proofs found valid last. All 128 columns of a block carry the same one, which takes 30 hashes and more to check and
 * some hundred nanoseconds to compare, as the specs propose (specs/fulu/p2p-interface.md, note on
 * data_column_sidecar_{subnet_id}). Bounded: eight proofs, each as long as the digest's number of blobs allows.
 */
export class ProvenCommitments {
  readonly #recent: CommitmentsProof[] = []
  readonly #index: number

  /** @param index position of the list of commitments among the nodes of its depth in the body */
  constructor(index: number) {
    this.#index = index
  }

  /** True when the list is in the body: is_valid_merkle_branch, or found so before. */
  isProven(proof: CommitmentsProof): boolean {
    if (this.#recent.some((known) => areEqual(known, proof))) return true
    const { commitments, inclusionProof, bodyRoot } = proof
    if (!isValidMerkleBranch(kzgCommitmentsRoot(commitments), inclusionProof, this.#index, bodyRoot)) return false
    // Copies: the originals are parts of messages, which they would keep from being freed.
    this.#recent.unshift({
      commitments: Uint8Array.from(commitments),
      inclusionProof: Uint8Array.from(inclusionProof),
      bodyRoot: Uint8Array.from(bodyRoot),
    })
    if (this.#recent.length > MAX_REMEMBERED) this.#recent.pop()
    return true
  }
}

function areEqual(a: CommitmentsProof, b: CommitmentsProof): boolean {
  return (
    Buffer.compare(a.bodyRoot, b.bodyRoot) === 0 &&
    Buffer.compare(a.inclusionProof, b.inclusionProof) === 0 &&
    Buffer.compare(a.commitments, b.commitments) === 0
  )
}
