/** blob_sidecar_{subnet_id}: validate_blob_sidecar_gossip. Spec: specs/deneb/p2p-interface.md, specs/electra/ */
import { isValidMerkleBranch, kzgCommitmentRoot } from '../../../consensus/ssz/merkle-proof.ts'
import { MAX_BLOB_COMMITMENTS_PER_BLOCK } from '../../../consensus/ssz-types/basic.ts'
import { TOPIC_TABLE } from '../../../consensus/topic-table.ts'
import { BlobSidecarView } from '../views/blob-sidecar.ts'
import { badProposerIndex, finalizedSlot, headerFacts, replayed } from './proposal-rules.ts'
import { type CheckFactory, checkOf, type Rule, rejectIf } from './rule.ts'
import { futureSlot, otherDigest } from './slot-rules.ts'

/** Position of `blob_kzg_commitments` among the fields of the body (specs/deneb/beacon-chain.md#beaconblockbody). */
export const COMMITMENTS_FIELD = 11
/** A list is a pair: its elements on the left, their number on the right. Hence twice as many places below a field. */
const FIRST_COMMITMENT = COMMITMENTS_FIELD * 2 * MAX_BLOB_COMMITMENTS_PER_BLOCK

/** [REJECT] The sidecar's index is consistent with MAX_BLOBS_PER_BLOCK. */
const badBlobIndex: Rule<BlobSidecarView> = rejectIf(
  'bad_index',
  ({ index }, { maxBlobsPerBlock }) => index >= maxBlobsPerBlock,
)

/** [REJECT] The sidecar is for the correct subnet (compute_subnet_for_blob_sidecar, specs/<fork>/validator.md). */
const otherBlobSubnet: Rule<BlobSidecarView> = rejectIf('wrong_subnet', ({ index }, { fork, subnet }) => {
  return index % (TOPIC_TABLE.blob_sidecar.subnets?.(fork) ?? 1) !== subnet
})

/** [REJECT] The sidecar's inclusion proof is valid as verified by verify_blob_sidecar_inclusion_proof. */
const unproven: Rule<BlobSidecarView> = rejectIf('bad_inclusion_proof', (view) => {
  const leaf = kzgCommitmentRoot(view.commitment)
  return !isValidMerkleBranch(leaf, view.inclusionProof, FIRST_COMMITMENT + view.index, view.bodyRoot)
})

/** Seen once: (slot, proposer_index, index). Whether the blob is that of the commitment takes KZG. */
export const blobSidecarCheck: CheckFactory = () =>
  checkOf<BlobSidecarView>({
    view: (ssz) => new BlobSidecarView(ssz),
    rules: [
      badBlobIndex,
      otherBlobSubnet,
      futureSlot,
      finalizedSlot,
      replayed,
      otherDigest,
      badProposerIndex,
      unproven,
    ],
    pass: (view) => ({
      action: 'pass',
      claim: { slot: view.slot, per: 'slot', key: view.proposerIndex * MAX_BLOB_COMMITMENTS_PER_BLOCK + view.index },
      proposer: headerFacts(view),
    }),
  })
