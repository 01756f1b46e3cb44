/** Rules that blocks share with what belongs to them. Spec: specs/<fork>/p2p-interface.md */
import { ignoreIf, type ProposerFacts, type Rule, rejectIf } from './rule.ts'
import { epochOf, type Slotted, VALIDATOR_REGISTRY_LIMIT } from './slot-rules.ts'

/** How long ids of messages are remembered (seen_ttl, specs/phase0/p2p-interface.md#the-gossip-domain-gossipsub). */
const REMEMBERED_EPOCHS = 2

interface Proposed {
  readonly proposerIndex: number
}

/** [IGNORE] The block is from a slot greater than the latest finalized slot. */
export const finalizedSlot: Rule<Slotted> = ignoreIf(
  'finalized_slot',
  ({ slot }, scene) => slot <= scene.finalizedSlot(),
)

/**
 * [IGNORE] None of the specs' rules, which know by the finalized slot and by what was seen that a message is old: we may
 * know neither, and what is older than the ids that we remember would pass once more each time it is sent again.
 */
export const replayed: Rule<Slotted> = ignoreIf(
  'past_slot',
  ({ slot }, scene) => epochOf(slot, scene) < epochOf(scene.currentSlot(), scene) - REMEMBERED_EPOCHS,
)

/** [REJECT] The proposer index is a valid validator index; see `badValidatorIndex`. */
export const badProposerIndex: Rule<Proposed> = rejectIf(
  'bad_index',
  ({ proposerIndex }) => proposerIndex >= VALIDATOR_REGISTRY_LIMIT,
)

interface SignedHeader extends Slotted, Proposed {
  readonly headerRoot: Uint8Array
}

/** What checking the proposer's signature takes, of an object that carries its block's header. */
export function headerFacts({ slot, proposerIndex, headerRoot }: SignedHeader): ProposerFacts {
  return { slot, proposerIndex, headerRoot }
}
