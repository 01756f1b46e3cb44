/** Rules about time that many objects share. Spec: specs/phase0/p2p-interface.md, specs/altair/p2p-interface.md */
import { ignoreIf, type Rule, rejectIf } from './rule.ts'
import type { CheckScene } from './scene.ts'

/** What has a slot. */
export interface Slotted {
  readonly slot: number
}

/** What has been signed by a validator of this index. */
export interface Indexed {
  readonly validatorIndex: number
}

/** VALIDATOR_REGISTRY_LIMIT, specs/phase0/beacon-chain.md: no state has a validator of such an index. */
export const VALIDATOR_REGISTRY_LIMIT = 2 ** 40

/** Epoch of a slot. */
export function epochOf(slot: number, { slotsPerEpoch }: CheckScene): number {
  return Math.floor(slot / slotsPerEpoch)
}

/**
 * [IGNORE] The topic's fork, or blob parameters, are not in force yet, with MAXIMUM_GOSSIP_CLOCK_DISPARITY. For objects
 * of no slot: topics are joined ahead of time, and peers may hold it against us what we send on them too early.
 * Spec: specs/altair/p2p-interface.md#transitioning-the-gossip
 */
export const beforeDigest: Rule<unknown> = ignoreIf(
  'before_fork',
  (_view, scene) => scene.newestSlot() < scene.firstSlot,
)

/** [IGNORE] is_future_slot, with MAXIMUM_GOSSIP_CLOCK_DISPARITY (specs/phase0/p2p-interface.md#is_future_slot). */
export const futureSlot: Rule<Slotted> = ignoreIf('future_slot', ({ slot }, scene) => slot > scene.newestSlot())

/** [IGNORE] The later half of not is_current_slot (specs/altair/p2p-interface.md#new-is_current_slot). */
export const beforeCurrentSlot: Rule<Slotted> = ignoreIf(
  'past_slot',
  ({ slot }, scene) => slot < scene.oldestCurrentSlot(),
)

/**
 * [IGNORE] The message is about a time whose topics have another digest. The specs say which topic to use but not what
 * becomes of a message on the other one; around a boundary an honest peer may still go by a clock of its own.
 * Spec: specs/phase0/p2p-interface.md#topics-and-messages, specs/altair/p2p-interface.md#transitioning-the-gossip
 */
export const otherDigest: Rule<Slotted> = ignoreIf(
  'other_digest',
  ({ slot }, scene) => scene.digestAt(slot) !== scene.digestHex,
)

/**
 * [REJECT] The validator index is valid: "index < len(state.validators)", of which the limit of the list is what can be
 * said without a state. Spec: the validate_*_gossip functions of specs/<fork>/p2p-interface.md
 */
export const badValidatorIndex: Rule<Indexed> = rejectIf(
  'bad_index',
  ({ validatorIndex }) => validatorIndex >= VALIDATOR_REGISTRY_LIMIT,
)
