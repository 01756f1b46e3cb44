/** How the validators of an epoch are divided, from the number of active ones. Spec: specs/phase0/beacon-chain.md */
import type { PresetName } from './network-config.ts'
import { editionOf } from './ssz-types/edition.ts'

/** TARGET_COMMITTEE_SIZE, presets/<preset>/phase0.yaml */
const TARGET_COMMITTEE_SIZE: Readonly<Record<PresetName, number>> = { mainnet: 128, minimal: 4 }
/** TARGET_AGGREGATORS_PER_COMMITTEE, specs/phase0/validator.md */
export const TARGET_AGGREGATORS_PER_COMMITTEE = 16

export interface ValidatorSet {
  readonly preset: PresetName
  readonly slotsPerEpoch: number
  /** Active validators, 1 or more. */
  readonly validators: number
}

/** get_committee_count_per_slot, specs/phase0/beacon-chain.md */
export function committeesPerSlot({ preset, slotsPerEpoch, validators }: ValidatorSet): number {
  const { maxCommitteesPerSlot } = editionOf('phase0', preset)
  const wanted = Math.floor(validators / slotsPerEpoch / TARGET_COMMITTEE_SIZE[preset])
  return Math.max(1, Math.min(maxCommitteesPerSlot, wanted))
}

/** Expected aggregators a slot: each member of a committee of m is one with the chance 1 / max(1, ⌊m / 16⌋). */
export function aggregatorsPerSlot(set: ValidatorSet): number {
  const committees = committeesPerSlot(set) * set.slotsPerEpoch
  const size = Math.floor(set.validators / committees)
  const larger = set.validators - size * committees
  const expected = (members: number): number =>
    members / Math.max(1, Math.floor(members / TARGET_AGGREGATORS_PER_COMMITTEE))
  return ((committees - larger) * expected(size) + larger * expected(size + 1)) / set.slotsPerEpoch
}
