/** beacon_aggregate_and_proof. Spec: specs/<fork>/p2p-interface.md, validate_beacon_aggregate_and_proof_gossip */
import { isForkAtLeast } from '../../../consensus/network-config.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { type SignedAggregateView, signedAggregateViews } from '../views/signed-aggregate.ts'
import { selectsAggregator } from './aggregator-selection.ts'
import { type CheckFactory, checkOf, type Rule, rejectIf } from './rule.ts'
import { badValidatorIndex } from './slot-rules.ts'
import { badCommittee, badDataIndex, timeRules, tooManyBits } from './vote-rules.ts'

/** [REJECT] Exactly one committee is specified by the committee bits (specs/electra/p2p-interface.md, EIP-7549). */
const notOneCommittee: Rule<SignedAggregateView> = rejectIf('bad_committee', ({ committees }) => committees !== 1)

/** [REJECT] The aggregate attestation has participants. */
const noParticipants: Rule<SignedAggregateView> = rejectIf('no_participants', ({ bits }) => bits.setBits < 1)

/**
 * [REJECT] The selection proof selects the validator as an aggregator. The size of the committee is that of the bits:
 * where the two differ, the rule before this one rejects the aggregate, so that it is rejected rightly either way.
 */
const notAggregator: Rule<SignedAggregateView> = rejectIf(
  'not_aggregator',
  ({ bits, selectionProof }) => !selectsAggregator(selectionProof, bits.length),
)

/**
 * Seen once: (target_epoch, aggregator_index). The rule that ignores what adds no bits to a valid aggregate is not here:
 * without the committees no aggregate is found valid, and an unverified one with all bits would censor the true ones.
 */
export const aggregateCheck: CheckFactory = (fork, preset) => {
  const electraRules = isForkAtLeast(fork, 'electra') ? [badDataIndex(fork), notOneCommittee] : []
  return checkOf<SignedAggregateView>({
    view: signedAggregateViews(gossipType('beacon_aggregate_and_proof', fork, preset)),
    rules: [
      ...electraRules,
      badCommittee(fork, preset),
      ...timeRules(fork),
      tooManyBits,
      noParticipants,
      badValidatorIndex,
      notAggregator,
    ],
    pass: ({ slot, validatorIndex }) => ({ action: 'pass', claim: { slot, per: 'epoch', key: validatorIndex } }),
  })
}
