/** Rules that attestations and their aggregates share. Spec: specs/<fork>/p2p-interface.md */

import { type ForkName, isForkAtLeast, type PresetName } from '../../../consensus/network-config.ts'
import { MAX_VALIDATORS_PER_COMMITTEE } from '../../../consensus/ssz-types/attestations.ts'
import { editionOf } from '../../../consensus/ssz-types/edition.ts'
import type { BitlistFacts } from '../views/bits.ts'
import { ignoreIf, type Rule, rejectIf } from './rule.ts'
import type { CheckScene } from './scene.ts'
import { epochOf, futureSlot, otherDigest, type Slotted } from './slot-rules.ts'

/** ATTESTATION_PROPAGATION_SLOT_RANGE, specs/phase0/p2p-interface.md#configuration, both presets */
const ATTESTATION_PROPAGATION_SLOT_RANGE = 32

interface Vote extends Slotted {
  readonly targetEpoch: number
}

interface DataIndexed {
  readonly dataIndex: number
}

interface OfCommittee {
  readonly committeeIndex: number
}

interface WithBits {
  readonly bits: BitlistFacts
}

/**
 * [REJECT] The data index is zero (specs/electra/p2p-interface.md), and from Gloas on 0 or 1: whether the payload was
 * present (specs/gloas/p2p-interface.md).
 */
export function badDataIndex(fork: ForkName): Rule<DataIndexed> {
  const greatest = isForkAtLeast(fork, 'gloas') ? 1 : 0
  return rejectIf('bad_data_index', ({ dataIndex }) => dataIndex > greatest)
}

/**
 * [REJECT] The committee index is within the expected range: below the number of committees a slot, or, where that is
 * not known, below MAX_COMMITTEES_PER_SLOT, which it never exceeds.
 */
export function badCommittee(fork: ForkName, preset: PresetName): Rule<OfCommittee> {
  const { maxCommitteesPerSlot } = editionOf(fork, preset)
  return rejectIf(
    'bad_committee',
    ({ committeeIndex }, scene) => committeeIndex >= (scene.committeesPerSlot() ?? maxCommitteesPerSlot),
  )
}

/**
 * [IGNORE] The vote's epoch is either the current or the previous one (specs/deneb/p2p-interface.md, EIP-7045); before
 * Deneb: its slot is within ATTESTATION_PROPAGATION_SLOT_RANGE (specs/phase0/p2p-interface.md). Both by a clock that may
 * be behind ours.
 */
export function pastVote(fork: ForkName): Rule<Slotted> {
  return ignoreIf('past_slot', isForkAtLeast(fork, 'deneb') ? isOfOldEpoch : isBeyondRange)
}

function isOfOldEpoch({ slot }: Slotted, scene: CheckScene): boolean {
  return epochOf(slot, scene) < epochOf(scene.oldestCurrentSlot(), scene) - 1
}

function isBeyondRange({ slot }: Slotted, scene: CheckScene): boolean {
  return slot + ATTESTATION_PROPAGATION_SLOT_RANGE < scene.oldestCurrentSlot()
}

/** [REJECT] The vote's epoch matches its target. */
export const badTargetEpoch: Rule<Vote> = rejectIf(
  'bad_target_epoch',
  ({ slot, targetEpoch }, scene) => targetEpoch !== epochOf(slot, scene),
)

/** The rules of when a vote was cast, in the order of the specs. */
export function timeRules(fork: ForkName): readonly Rule<Vote>[] {
  return [futureSlot, pastVote(fork), otherDigest, badTargetEpoch]
}

/**
 * [REJECT] The number of aggregation bits matches the committee size: of one committee, which has
 * MAX_VALIDATORS_PER_COMMITTEE members at most. The type allows more from Electra on, for aggregates in blocks.
 */
export const tooManyBits: Rule<WithBits> = rejectIf(
  'bad_bits',
  ({ bits }) => bits.length > MAX_VALIDATORS_PER_COMMITTEE,
)
