/**
 * The gossip score's parameters of one topic (P1–P4) by the formulas of reference/scoring.md §3.2. A topic's kind says
 * what it is worth; rates follow from the validators, caps from the mesh.
 */
import type { TopicScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import type { ValidationPolicy } from '../../../config/validation-choice.ts'
import { aggregatorsPerSlot, committeesPerSlot, type ValidatorSet } from '../../../consensus/committees.ts'
import { ATTESTATION_SUBNET_COUNT, type GossipKind } from '../../../consensus/topic-table.ts'
import { convergence, decayOverSlots, settledAfterDecay } from './score-decay.ts'
import {
  MAX_FIRST_DELIVERIES_SCORE,
  MAX_IN_MESH_SCORE,
  MAX_POSITIVE_SCORE,
  type ScoreSetting,
} from './score-parameters.ts'

const TIME_IN_MESH_CAP_MS = 3_600_000
const INVALID_MESSAGES_EPOCHS = 50
/** A duplicate this long after the message was validated still counts as delivered, ms. */
const MESH_DELIVERIES_WINDOW_MS = 2000
/** A mesh peer is expected to deliver one of so many messages. */
const MESH_DELIVERIES_SHARE = 50
/** Active validators assumed for P2 until the count is known: mainnet's order of magnitude. */
const ASSUMED_VALIDATORS = 1_000_000

/** A topic as far as its score goes. */
export interface ScoredTopic {
  readonly kind: GossipKind
  readonly policy: ValidationPolicy
}

interface MeshDeliveryRule {
  readonly decaySlots: number
  readonly capFactor: number
  readonly activationMs: number
  /** Whether the topic's rate follows from the number of validators. */
  readonly needsValidators: boolean
}

interface TopicRule {
  readonly weight: number
  readonly messagesPerSlot: number
  readonly firstDeliveriesEpochs: number
  readonly meshDeliveries?: MeshDeliveryRule
}

/**
 * Whether messages of a topic are accepted when nothing is wrong with them. Where they are left at ignore, nobody is
 * credited with a delivery, and every mesh peer would pay for what it did deliver.
 */
function creditsDeliveries(policy: ValidationPolicy): boolean {
  return policy === 'strict' || policy === 'sampled' || policy === 'blind' || policy === 'none'
}

function attestationRule(set: ValidatorSet, { slotDurationMs, slotsPerEpoch }: ScoreSetting): TopicRule {
  // With many committees a subnet's attestations come each slot anew; with few it is silent in between.
  const isBursty = committeesPerSlot(set) >= (2 * ATTESTATION_SUBNET_COUNT) / slotsPerEpoch
  const epochMs = slotsPerEpoch * slotDurationMs
  return {
    weight: 1 / ATTESTATION_SUBNET_COUNT,
    messagesPerSlot: set.validators / ATTESTATION_SUBNET_COUNT / slotsPerEpoch,
    firstDeliveriesEpochs: isBursty ? 1 : 4,
    meshDeliveries: {
      decaySlots: (isBursty ? 4 : 16) * slotsPerEpoch,
      capFactor: 16,
      activationMs: isBursty ? slotDurationMs * (slotsPerEpoch / 2 + 1) : 3 * epochMs,
      needsValidators: true,
    },
  }
}

function topicRule(kind: GossipKind, setting: ScoreSetting): TopicRule | undefined {
  const { preset, slotDurationMs, slotsPerEpoch } = setting
  const activationMs = slotDurationMs * slotsPerEpoch
  const set = { preset, slotsPerEpoch, validators: setting.activeValidators ?? ASSUMED_VALIDATORS }
  switch (kind) {
    case 'beacon_block':
      return {
        weight: 0.5,
        messagesPerSlot: 1,
        firstDeliveriesEpochs: 20,
        meshDeliveries: { decaySlots: 5 * slotsPerEpoch, capFactor: 3, activationMs, needsValidators: false },
      }
    case 'beacon_aggregate_and_proof':
      return {
        weight: 0.5,
        messagesPerSlot: aggregatorsPerSlot(set),
        firstDeliveriesEpochs: 1,
        meshDeliveries: { decaySlots: 2 * slotsPerEpoch, capFactor: 4, activationMs, needsValidators: true },
      }
    case 'beacon_attestation':
      return attestationRule(set, setting)
    case 'voluntary_exit':
      return { weight: 0.05, messagesPerSlot: 4 / slotsPerEpoch, firstDeliveriesEpochs: 100 }
    case 'proposer_slashing':
    case 'attester_slashing':
      return { weight: 0.05, messagesPerSlot: 1 / (5 * slotsPerEpoch), firstDeliveriesEpochs: 100 }
    default:
      return undefined
  }
}

/** P1–P4 of a topic at a slot; undefined for kinds that no client scores (reference/scoring.md §3.2). */
export function topicScoreParams(
  topic: ScoredTopic,
  setting: ScoreSetting,
  currentSlot: number,
): TopicScoreParams | undefined {
  const rule = topicRule(topic.kind, setting)
  if (rule === undefined) return undefined
  const { slotDurationMs, slotsPerEpoch, meshN } = setting
  const firstDecay = decayOverSlots(rule.firstDeliveriesEpochs * slotsPerEpoch, setting)
  const firstCap = convergence(firstDecay, (2 * rule.messagesPerSlot) / meshN)
  const timeInMeshCap = TIME_IN_MESH_CAP_MS / slotDurationMs
  return {
    topicWeight: rule.weight,
    timeInMeshQuantum: slotDurationMs,
    timeInMeshCap,
    timeInMeshWeight: MAX_IN_MESH_SCORE / timeInMeshCap,
    firstMessageDeliveriesDecay: firstDecay,
    firstMessageDeliveriesCap: firstCap,
    firstMessageDeliveriesWeight: MAX_FIRST_DELIVERIES_SCORE / firstCap,
    ...meshDeliveryParams(rule, topic.policy, setting, currentSlot),
    invalidMessageDeliveriesWeight: -MAX_POSITIVE_SCORE / rule.weight,
    invalidMessageDeliveriesDecay: decayOverSlots(INVALID_MESSAGES_EPOCHS * slotsPerEpoch, setting),
  }
}

type MeshDeliveryParams = Pick<
  TopicScoreParams,
  | 'meshMessageDeliveriesWeight'
  | 'meshMessageDeliveriesDecay'
  | 'meshMessageDeliveriesCap'
  | 'meshMessageDeliveriesThreshold'
  | 'meshMessageDeliveriesWindow'
  | 'meshMessageDeliveriesActivation'
  | 'meshFailurePenaltyWeight'
  | 'meshFailurePenaltyDecay'
>

const NO_MESH_DELIVERIES: MeshDeliveryParams = {
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0,
  meshMessageDeliveriesCap: 0,
  meshMessageDeliveriesThreshold: 0,
  meshMessageDeliveriesWindow: 0,
  meshMessageDeliveriesActivation: 0,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0,
}

/** P3 and P3b. Where they are off, deliveries are counted all the same, so that they can be expected later. */
function meshDeliveryParams(
  { weight, messagesPerSlot, meshDeliveries: rule }: TopicRule,
  policy: ValidationPolicy,
  setting: ScoreSetting,
  currentSlot: number,
): MeshDeliveryParams {
  if (rule === undefined) return NO_MESH_DELIVERIES
  const decay = decayOverSlots(rule.decaySlots, setting)
  const threshold = settledAfterDecay(decay, messagesPerSlot / MESH_DELIVERIES_SHARE)
  const isExpected = creditsDeliveries(policy) && (setting.activeValidators !== null || !rule.needsValidators)
  // A network younger than the decay has not had the messages that the threshold asks for.
  const isInForce = isExpected && rule.decaySlots < currentSlot
  return {
    meshMessageDeliveriesWeight: isInForce ? -weight : 0,
    meshMessageDeliveriesDecay: decay,
    meshMessageDeliveriesCap: Math.max(2, rule.capFactor * threshold),
    meshMessageDeliveriesThreshold: isInForce ? threshold : 0,
    meshMessageDeliveriesWindow: MESH_DELIVERIES_WINDOW_MS,
    meshMessageDeliveriesActivation: rule.activationMs,
    meshFailurePenaltyWeight: isExpected ? -weight : 0,
    meshFailurePenaltyDecay: decay,
  }
}
