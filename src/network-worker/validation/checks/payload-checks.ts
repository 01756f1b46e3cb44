/** Bids, payloads and preferences of the separation of proposer and builder. Spec: specs/gloas/p2p-interface.md */
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS } from '../clock-disparity.ts'
import { PayloadBidView } from '../views/payload-bid.ts'
import { type PayloadEnvelopeView, payloadEnvelopeViews } from '../views/payload-envelope.ts'
import { ProposerPreferencesView } from '../views/proposer-preferences.ts'
import { replayed } from './proposal-rules.ts'
import { type CheckFactory, checkOf, ignoreIf, type Rule, rejectIf } from './rule.ts'
import {
  badValidatorIndex,
  beforeCurrentSlot,
  epochOf,
  futureSlot,
  otherDigest,
  VALIDATOR_REGISTRY_LIMIT,
} from './slot-rules.ts'
import { slotStartMs } from './slot-time.ts'

/** MIN_SEED_LOOKAHEAD, presets/<preset>/phase0.yaml, both presets: proposers are known so many epochs ahead. */
const MIN_SEED_LOOKAHEAD = 1

/**
 * [IGNORE] The bid's slot is the current slot or the next slot (is_current_or_next_slot), as to the next. Reported as
 * early and not as of the future, since bids are ahead of their slot anyway: clocks that differ a little must not look
 * like clocks that are slots off.
 */
const afterNextSlot: Rule<PayloadBidView> = ignoreIf('too_early', ({ slot }, scene) => slot > scene.newestSlot() + 1)

/** [REJECT] The bid's execution payment is zero. */
const paid: Rule<PayloadBidView> = rejectIf('bad_payment', ({ executionPaymentGwei }) => executionPaymentGwei !== 0)

/** [REJECT] The bid's blob KZG commitment count is within the per-epoch limit, which is that of the digest. */
const tooManyBlobs: Rule<PayloadBidView> = rejectIf(
  'too_many_blobs',
  ({ blobCount }, { maxBlobsPerBlock }) => blobCount > maxBlobsPerBlock,
)

/**
 * [REJECT] The builder index is valid. The registry has no limit, but the bit of 2^40 tells a builder's index from a
 * validator's (BUILDER_INDEX_FLAG, specs/gloas/beacon-chain.md); the index of who builds for himself is above it too.
 */
const badBuilderIndex: Rule<PayloadBidView> = rejectIf(
  'bad_index',
  ({ builderIndex }) => builderIndex >= VALIDATOR_REGISTRY_LIMIT,
)

/**
 * execution_payload_bid: validate_execution_payload_bid_gossip. Seen once: (slot, parent_block_hash, parent_block_root,
 * builder_index). That it is the highest bid, and most of the rest, is for who knows chain, builders and preferences.
 */
export const payloadBidCheck: CheckFactory = () =>
  checkOf<PayloadBidView>({
    view: (ssz) => new PayloadBidView(ssz),
    rules: [beforeCurrentSlot, afterNextSlot, otherDigest, paid, tooManyBlobs, badBuilderIndex],
    pass: ({ slot, parentHex, builderIndex }) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: `${parentHex}:${builderIndex}` },
    }),
  })

/** [IGNORE] The envelope is from a slot greater than or equal to the latest finalized slot. */
const beforeFinalizedSlot: Rule<PayloadEnvelopeView> = ignoreIf(
  'finalized_slot',
  ({ slot }, scene) => slot < scene.finalizedSlot(),
)

/**
 * execution_payload: validate_execution_payload_envelope_gossip. Seen once: (beacon_block_root, builder_index). Its block
 * must have been seen, so that it is not of the future; all else is held against the bid in that block, but for the
 * limits of lists, which are in the layout.
 */
export const payloadEnvelopeCheck: CheckFactory = (fork, preset) =>
  checkOf<PayloadEnvelopeView>({
    view: payloadEnvelopeViews(gossipType('execution_payload', fork, preset)),
    rules: [futureSlot, beforeFinalizedSlot, replayed, otherDigest],
    pass: ({ slot, blockRootHex, builderIndex }) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: `${blockRootHex}:${builderIndex}` },
    }),
  })

/** [IGNORE] The proposal slot has not started yet (is_past_slot). */
const begun: Rule<ProposerPreferencesView> = ignoreIf('past_slot', ({ slot }, scene) => {
  return scene.nowMs() > slotStartMs(slot, scene) + MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS
})

/**
 * [IGNORE] The proposer for the proposal slot is known: the epoch MIN_SEED_LOOKAHEAD before its own has begun. Early, as
 * with bids.
 */
const proposerUnknown: Rule<ProposerPreferencesView> = ignoreIf('too_early', ({ slot }, scene) => {
  return (epochOf(slot, scene) - MIN_SEED_LOOKAHEAD) * scene.slotsPerEpoch > scene.newestSlot()
})

/**
 * proposer_preferences: validate_proposer_preferences_gossip. Seen once: (dependent_root, proposal_slot). They are for an
 * epoch that may have another digest than the one in which they are sent: before the fork on the fork's topic already.
 */
export const proposerPreferencesCheck: CheckFactory = () =>
  checkOf<ProposerPreferencesView>({
    view: (ssz) => new ProposerPreferencesView(ssz),
    rules: [begun, proposerUnknown, badValidatorIndex],
    pass: ({ slot, dependentRootHex }) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: dependentRootHex },
    }),
  })
