/** payload_attestation_message. Spec: specs/gloas/p2p-interface.md, validate_payload_attestation_message_gossip */
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { type SlotVoteView, slotVoteViews } from '../views/slot-vote.ts'
import { type CheckFactory, checkOf } from './rule.ts'
import { badValidatorIndex, beforeCurrentSlot, futureSlot, otherDigest } from './slot-rules.ts'

/** Seen once: (slot, validator_index). */
export const payloadAttestationCheck: CheckFactory = (fork, preset) =>
  checkOf<SlotVoteView>({
    view: slotVoteViews(gossipType('payload_attestation_message', fork, preset), 'data.slot'),
    rules: [futureSlot, beforeCurrentSlot, otherDigest, badValidatorIndex],
    pass: ({ slot, validatorIndex }) => ({ action: 'pass', claim: { slot, per: 'slot', key: validatorIndex } }),
  })
