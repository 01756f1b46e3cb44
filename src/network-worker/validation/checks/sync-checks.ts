/** Sync committees. Spec: specs/altair/p2p-interface.md */
import { editionOf } from '../../../consensus/ssz-types/edition.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { SYNC_COMMITTEE_SUBNET_COUNT } from '../../../consensus/topic-table.ts'
import { type SignedContributionView, signedContributionViews } from '../views/signed-contribution.ts'
import { type SlotVoteView, slotVoteViews } from '../views/slot-vote.ts'
import { selectsAggregator } from './aggregator-selection.ts'
import { type CheckFactory, checkOf, type Rule, rejectIf } from './rule.ts'
import { badValidatorIndex, beforeCurrentSlot, futureSlot, otherDigest } from './slot-rules.ts'

/**
 * sync_committee_{subnet_id}: validate_sync_committee_message_gossip. Seen once: (slot, validator_index, subnet_id); a
 * validator may sit in several subcommittees.
 */
export const syncMessageCheck: CheckFactory = (fork, preset) =>
  checkOf<SlotVoteView>({
    view: slotVoteViews(gossipType('sync_committee', fork, preset), 'slot'),
    rules: [futureSlot, beforeCurrentSlot, otherDigest, badValidatorIndex],
    pass: ({ slot, validatorIndex }, { subnet = 0 }) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: validatorIndex * SYNC_COMMITTEE_SUBNET_COUNT + subnet },
    }),
  })

/** [REJECT] The subcommittee index is in the allowed range. */
const badSubcommittee: Rule<SignedContributionView> = rejectIf(
  'bad_committee',
  ({ subcommitteeIndex }) => subcommitteeIndex >= SYNC_COMMITTEE_SUBNET_COUNT,
)

/** [REJECT] The contribution has participants. */
const noParticipants: Rule<SignedContributionView> = rejectIf('no_participants', ({ participants }) => participants < 1)

/**
 * sync_committee_contribution_and_proof: validate_sync_committee_contribution_and_proof_gossip. Seen once: (slot,
 * aggregator_index, subcommittee_index). The rule that ignores what adds no bits to a valid contribution needs valid
 * ones, as with aggregates.
 */
export const contributionCheck: CheckFactory = (fork, preset) => {
  const members = editionOf(fork, preset).syncCommitteeSize / SYNC_COMMITTEE_SUBNET_COUNT
  /** [REJECT] The selection_proof selects the validator as an aggregator for the slot. */
  const notAggregator: Rule<SignedContributionView> = rejectIf(
    'not_aggregator',
    ({ selectionProof }) => !selectsAggregator(selectionProof, members),
  )
  return checkOf<SignedContributionView>({
    view: signedContributionViews(gossipType('sync_committee_contribution_and_proof', fork, preset)),
    rules: [
      futureSlot,
      beforeCurrentSlot,
      otherDigest,
      badSubcommittee,
      noParticipants,
      notAggregator,
      badValidatorIndex,
    ],
    pass: ({ slot, validatorIndex, subcommitteeIndex }) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: validatorIndex * SYNC_COMMITTEE_SUBNET_COUNT + subcommitteeIndex },
    }),
  })
}
