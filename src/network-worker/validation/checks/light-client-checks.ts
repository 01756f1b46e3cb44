/** Updates for light clients. Spec: specs/altair/light-client/p2p-interface.md, specs/<fork>/light-client/sync-protocol.md */
import { isForkAtLeast } from '../../../consensus/network-config.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS } from '../clock-disparity.ts'
import { haveSameExecution } from '../views/light-client-header.ts'
import {
  type FinalityUpdateView,
  finalityUpdateViews,
  type OptimisticUpdateView,
  optimisticUpdateViews,
} from '../views/light-client-update.ts'
import { replayed } from './proposal-rules.ts'
import { type CheckFactory, checkOf, ignoreIf, type Rule, rejectIf } from './rule.ts'
import type { CheckScene } from './scene.ts'
import { otherDigest } from './slot-rules.ts'
import { slotStartMs } from './slot-time.ts'

/** SYNC_MESSAGE_DUE_BPS and SYNC_MESSAGE_DUE_BPS_GLOAS, configs/<network>.yaml, in 1/10,000 of a slot. */
const SYNC_MESSAGE_DUE_BPS = 3333
const SYNC_MESSAGE_DUE_BPS_GLOAS = 2500
const BASIS_POINTS = 10_000
/** MIN_SYNC_COMMITTEE_PARTICIPANTS, presets/<preset>/altair.yaml, both presets */
const MIN_SYNC_COMMITTEE_PARTICIPANTS = 1

/** get_sync_message_due_ms (specs/altair/fork-choice.md, specs/gloas/fork-choice.md). */
function syncMessageDueMs(slot: number, scene: CheckScene): number {
  const basisPoints = isForkAtLeast(scene.forkAt(slot), 'gloas') ? SYNC_MESSAGE_DUE_BPS_GLOAS : SYNC_MESSAGE_DUE_BPS
  return Math.floor((basisPoints * scene.slotDurationMs) / BASIS_POINTS)
}

/**
 * [IGNORE] The update is received after the block at signature_slot was given enough time to propagate: so much of the
 * slot has passed, by a clock MAXIMUM_GOSSIP_CLOCK_DISPARITY ahead of ours.
 */
const tooEarly: Rule<OptimisticUpdateView> = ignoreIf('too_early', ({ signatureSlot }, scene) => {
  const dueMs = slotStartMs(signatureSlot, scene) + syncMessageDueMs(signatureSlot, scene)
  return scene.nowMs() + MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS < dueMs
})

/** [REJECT] The update is valid (validate_light_client_update): the sync committee has sufficient participants. */
const noParticipants: Rule<OptimisticUpdateView> = rejectIf(
  'no_participants',
  ({ participants }) => participants < MIN_SYNC_COMMITTEE_PARTICIPANTS,
)

/** [REJECT] The same: signature_slot > attested slot. */
const signedTooSoon: Rule<OptimisticUpdateView> = rejectIf(
  'bad_slot',
  ({ signatureSlot, slot }) => signatureSlot <= slot,
)

/** [REJECT] The same: attested slot >= finalized slot. */
const finalizedTooLate: Rule<FinalityUpdateView> = rejectIf('bad_slot', ({ slot, finalized }) => slot < finalized.slot)

/**
 * [REJECT] The same: is_valid_light_client_header, of the header that is attested to. It costs some forty hashes, which
 * an update every slot can bear.
 */
const unprovenExecution: Rule<OptimisticUpdateView> = rejectIf(
  'bad_inclusion_proof',
  ({ isExecutionProven }) => !isExecutionProven,
)

/** [REJECT] The same, of the finalized header, unless it is from before a fork that its proof was made to fit. */
const unprovenFinalizedExecution: Rule<FinalityUpdateView> = rejectIf('bad_inclusion_proof', ({ finalized }, scene) => {
  return haveSameExecution(scene.forkAt(finalized.slot), scene.fork) && !finalized.isExecutionProven
})

/** [REJECT] The same: the finality branch confirms the finalized header. */
const unprovenFinality: Rule<FinalityUpdateView> = rejectIf(
  'bad_inclusion_proof',
  ({ isFinalityProven }) => !isFinalityProven,
)

/**
 * What both updates are held against. The digest is that of the attested header's slot. The specs reject an invalid
 * update for light clients, which we are as far as the message alone goes; full nodes ignore what they would not have
 * made themselves.
 */
const UPDATE_RULES: readonly Rule<OptimisticUpdateView>[] = [
  tooEarly,
  replayed,
  otherDigest,
  noParticipants,
  signedTooSoon,
]

/**
 * light_client_optimistic_update. The specs forward what attests to a later slot than all that were forwarded; seen once
 * is here the attested slot, and to be newer is for who knows which were forwarded.
 */
export const optimisticUpdateCheck: CheckFactory = (fork, preset) =>
  checkOf<OptimisticUpdateView>({
    view: optimisticUpdateViews(gossipType('light_client_optimistic_update', fork, preset), fork),
    rules: [...UPDATE_RULES, unprovenExecution],
    pass: ({ slot }) => ({ action: 'pass', claim: { slot, per: 'slot', key: 'attested' } }),
  })

/**
 * light_client_finality_update. The specs forward what finalizes a later slot than all that were forwarded, or the same
 * by a supermajority for the first time; seen once in an epoch of attested slots is here the pair of both.
 */
export const finalityUpdateCheck: CheckFactory = (fork, preset) =>
  checkOf<FinalityUpdateView>({
    view: finalityUpdateViews(gossipType('light_client_finality_update', fork, preset), fork),
    rules: [...UPDATE_RULES, finalizedTooLate, unprovenFinality, unprovenExecution, unprovenFinalizedExecution],
    pass: ({ slot, finalized, hasSupermajority }) => ({
      action: 'pass',
      claim: { slot, per: 'epoch', key: `${finalized.slot}:${hasSupermajority ? 'supermajority' : 'minority'}` },
    }),
  })
