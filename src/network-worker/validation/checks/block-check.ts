/** beacon_block: validate_beacon_block_gossip. Spec: specs/<fork>/p2p-interface.md */
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { type BlockView, blockViews } from '../views/signed-block.ts'
import { badProposerIndex, finalizedSlot, replayed } from './proposal-rules.ts'
import { type CheckFactory, checkOf, type Rule, rejectIf } from './rule.ts'
import { futureSlot, otherDigest } from './slot-rules.ts'
import { slotStartSeconds } from './slot-time.ts'

/**
 * [REJECT] The block's execution payload timestamp is correct with respect to the slot. From Bellatrix until Gloas; in
 * Bellatrix, where the merge may be still to come, an empty payload is right.
 * Spec: specs/bellatrix/p2p-interface.md, specs/bellatrix/beacon-chain.md#is_execution_enabled
 */
const badTimestamp: Rule<BlockView> = rejectIf('bad_timestamp', ({ payloadTimestamp, slot }, scene) => {
  return payloadTimestamp !== undefined && payloadTimestamp !== slotStartSeconds(slot, scene)
})

/**
 * [REJECT] The length of KZG commitments is less than or equal to the limit: MAX_BLOBS_PER_BLOCK in Deneb, that of the
 * epoch's blob parameters from Fulu on, both of them the digest's. Spec: specs/deneb, electra, fulu, gloas
 */
const tooManyBlobs: Rule<BlockView> = rejectIf(
  'too_many_blobs',
  ({ blobCount }, { maxBlobsPerBlock }) => blobCount > maxBlobsPerBlock,
)

/** [REJECT] The bid's parent equals the block's parent. Spec: specs/gloas/p2p-interface.md */
const otherBidParent: Rule<BlockView> = rejectIf('bad_parent', ({ isBidForParent }) => !isBidForParent)

/**
 * Seen once: (slot, proposer_index). What the specs say of the parent is for who knows the chain. The limits of Gloas'
 * lists (verify_block_body_operation_limits, verify_execution_requests_limits) are in the layout.
 */
export const blockCheck: CheckFactory = (fork, preset) =>
  checkOf<BlockView>({
    view: blockViews(gossipType('beacon_block', fork, preset), fork),
    rules: [
      futureSlot,
      finalizedSlot,
      replayed,
      otherDigest,
      badProposerIndex,
      badTimestamp,
      tooManyBlobs,
      otherBidParent,
    ],
    pass: ({ slot, proposerIndex }) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: proposerIndex },
      proposer: { slot, proposerIndex },
    }),
  })
