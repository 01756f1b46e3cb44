/** beacon_attestation_{subnet_id}. Spec: specs/<fork>/p2p-interface.md, validate_beacon_attestation_gossip */
import { type ForkName, isForkAtLeast, type PresetName } from '../../../consensus/network-config.ts'
import { MAX_VALIDATORS_PER_COMMITTEE } from '../../../consensus/ssz-types/attestations.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { ATTESTATION_SUBNET_COUNT } from '../../../consensus/topic-table.ts'
import { type CommitteeAttestationView, committeeAttestationViews } from '../views/committee-attestation.ts'
import { type SingleAttestationView, singleAttestationViews } from '../views/single-attestation.ts'
import { type Check, type CheckFactory, checkOf, type Rule, rejectIf } from './rule.ts'
import type { CheckScene } from './scene.ts'
import { badValidatorIndex, epochOf } from './slot-rules.ts'
import { badCommittee, badDataIndex, timeRules, tooManyBits } from './vote-rules.ts'

/**
 * [REJECT] The attestation is for the correct subnet: compute_subnet_for_attestation (specs/phase0/validator.md), as
 * far as the number of committees a slot is known.
 */
const wrongSubnet: Rule<{ readonly slot: number; readonly committeeIndex: number }> = rejectIf(
  'wrong_subnet',
  ({ slot, committeeIndex }, scene) => {
    const committees = scene.committeesPerSlot()
    if (committees === undefined) return false
    const committeesBefore = committees * (slot % scene.slotsPerEpoch)
    return (committeesBefore + committeeIndex) % ATTESTATION_SUBNET_COUNT !== scene.subnet
  },
)

/** [REJECT] The attestation is unaggregated: exactly one bit is set. */
const notSingle: Rule<CommitteeAttestationView> = rejectIf('bad_bits', ({ bits }) => bits.setBits !== 1)

export const attestationCheck: CheckFactory = (fork, preset) =>
  isForkAtLeast(fork, 'electra') ? singleAttestationCheck(fork, preset) : committeeAttestationCheck(fork, preset)

/** Seen once: (target_epoch, attester_index). */
function singleAttestationCheck(fork: ForkName, preset: PresetName): Check {
  return checkOf<SingleAttestationView>({
    view: singleAttestationViews(gossipType('beacon_attestation', fork, preset)),
    rules: [badDataIndex(fork), badCommittee(fork, preset), wrongSubnet, ...timeRules(fork), badValidatorIndex],
    pass: ({ slot, validatorIndex }) => ({ action: 'pass', claim: { slot, per: 'epoch', key: validatorIndex } }),
  })
}

/**
 * Seen once: (target_epoch, participant_index). Who the participant is says the shuffling, which takes a state; in its
 * stead stands his one seat of the epoch.
 */
function committeeAttestationCheck(fork: ForkName, preset: PresetName): Check {
  return checkOf<CommitteeAttestationView>({
    view: committeeAttestationViews(gossipType('beacon_attestation', fork, preset)),
    rules: [badCommittee(fork, preset), wrongSubnet, ...timeRules(fork), notSingle, tooManyBits],
    pass: (view, scene) => ({ action: 'pass', claim: { slot: view.slot, per: 'epoch', key: seatOf(view, scene) } }),
  })
}

/** MAX_COMMITTEES_PER_SLOT of the greater preset (presets/mainnet/phase0.yaml). */
const MAX_COMMITTEES_PER_SLOT = 64

/** A number for each seat of the epoch's committees: below 2^22 on mainnet. */
function seatOf({ slot, committeeIndex, bits }: CommitteeAttestationView, scene: CheckScene): number {
  const slotInEpoch = slot - epochOf(slot, scene) * scene.slotsPerEpoch
  return (slotInEpoch * MAX_COMMITTEES_PER_SLOT + committeeIndex) * MAX_VALIDATORS_PER_COMMITTEE + bits.first
}
