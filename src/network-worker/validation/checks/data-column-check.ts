/** data_column_sidecar_{subnet_id}: validate_data_column_sidecar_gossip. Spec: specs/fulu/p2p-interface.md, specs/gloas/ */
import { NUMBER_OF_COLUMNS } from '../../../consensus/custody.ts'
import { isForkAtLeast } from '../../../consensus/network-config.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { DATA_COLUMN_SIDECAR_SUBNET_COUNT } from '../../../consensus/topic-table.ts'
import { toHex } from '../../../shared/hex.ts'
import { type FuluColumnView, fuluColumnViews, type GloasColumnView, gloasColumnViews } from '../views/data-column.ts'
import { COMMITMENTS_FIELD } from './blob-sidecar-check.ts'
import { badProposerIndex, finalizedSlot, headerFacts, replayed } from './proposal-rules.ts'
import { ProvenCommitments } from './proven-commitments.ts'
import { type CheckFactory, checkOf, type Rule, rejectIf } from './rule.ts'
import { futureSlot, otherDigest } from './slot-rules.ts'

interface Column {
  readonly index: number
  readonly cellCount: number
  readonly proofCount: number
}

/** One for all topics, since each of them sees one column of a block. */
const provenCommitments = new ProvenCommitments(COMMITMENTS_FIELD)

/** [REJECT] verify_data_column_sidecar: the sidecar index must be within the valid range. */
const badColumnIndex: Rule<Column> = rejectIf('bad_index', ({ index }) => index >= NUMBER_OF_COLUMNS)

/** [REJECT] The sidecar is for the correct subnet (compute_subnet_for_data_column_sidecar). */
const otherColumnSubnet: Rule<Column> = rejectIf(
  'wrong_subnet',
  ({ index }, { subnet }) => index % DATA_COLUMN_SIDECAR_SUBNET_COUNT !== subnet,
)

/** [REJECT] verify_data_column_sidecar: a sidecar for zero blobs is invalid. */
const noCommitments: Rule<FuluColumnView> = rejectIf('empty_commitments', (view) => view.commitmentCount === 0)

/** [REJECT] verify_data_column_sidecar: the sidecar respects the blob limit, which is that of the digest. */
const tooManyCommitments: Rule<FuluColumnView> = rejectIf(
  'too_many_blobs',
  ({ commitmentCount }, { maxBlobsPerBlock }) => commitmentCount > maxBlobsPerBlock,
)

/** [REJECT] verify_data_column_sidecar: the column length must be equal to the number of commitments and of proofs. */
const unequalLengths: Rule<FuluColumnView> = rejectIf('unequal_lengths', (view) => {
  const { cellCount } = view
  return cellCount !== view.commitmentCount || cellCount !== view.proofCount
})

/** [REJECT] The sidecar is valid as verified by verify_data_column_sidecar_inclusion_proof. */
const unproven: Rule<FuluColumnView> = rejectIf('bad_inclusion_proof', (view) => !provenCommitments.isProven(view))

/** Gloas: the same of the column itself; the commitments are in the block's bid. */
const noCells: Rule<GloasColumnView> = rejectIf('empty_commitments', ({ cellCount }) => cellCount === 0)

const unequalProofs: Rule<GloasColumnView> = rejectIf(
  'unequal_lengths',
  ({ cellCount, proofCount }) => cellCount !== proofCount,
)

/** [REJECT] The column is as long as the bid's list of commitments, which a valid block keeps within the limit. */
const tooManyCells: Rule<GloasColumnView> = rejectIf(
  'too_many_blobs',
  ({ cellCount }, { maxBlobsPerBlock }) => cellCount > maxBlobsPerBlock,
)

/**
 * Seen once: in Fulu (slot, proposer_index, index), in Gloas (beacon_block_root, index). Whether the cells are those of
 * the commitments takes KZG. Gloas' other rules are for who has the block.
 */
export const dataColumnCheck: CheckFactory = (fork, preset) => {
  const type = gossipType('data_column_sidecar', fork, preset)
  if (isForkAtLeast(fork, 'gloas')) {
    return checkOf<GloasColumnView>({
      view: gloasColumnViews(type),
      rules: [
        otherColumnSubnet,
        futureSlot,
        replayed,
        otherDigest,
        badColumnIndex,
        noCells,
        unequalProofs,
        tooManyCells,
      ],
      pass: ({ slot, index, blockRoot }) => ({
        action: 'pass',
        claim: { slot, per: 'slot', key: `${toHex(blockRoot)}:${index}` },
      }),
    })
  }
  return checkOf<FuluColumnView>({
    view: fuluColumnViews(type),
    rules: [
      badColumnIndex,
      noCommitments,
      unequalLengths,
      otherColumnSubnet,
      futureSlot,
      finalizedSlot,
      replayed,
      // Before the rule that goes by the limit of the topic's digest.
      otherDigest,
      tooManyCommitments,
      badProposerIndex,
      unproven,
    ],
    pass: (view) => ({
      action: 'pass',
      claim: { slot: view.slot, per: 'slot', key: view.proposerIndex * NUMBER_OF_COLUMNS + view.index },
      proposer: headerFacts(view),
    }),
  })
}
