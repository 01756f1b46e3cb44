/**
 * Gossip score parameters by the formulas of reference/scoring.md §3, for a slot duration and a mesh size. P3 (mesh
 * delivery deficits) stays off: it punishes peers for messages this relay ignores or is not subscribed to.
 */
import type { PeerScoreParams, PeerScoreThresholds, TopicScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import type { GossipKind } from '../../consensus/topic-table.ts'

/** Same at every client (reference/p2p.md A2.3). */
export const SCORE_THRESHOLDS: PeerScoreThresholds = {
  gossipThreshold: -4000,
  publishThreshold: -8000,
  graylistThreshold: -16000,
  acceptPXThreshold: 100,
  opportunisticGraftThreshold: 5,
}

/** (in-mesh 10 + first-deliveries 40) × the summed topic weights: block, aggregate, all subnets, three of 0.05. */
const MAX_POSITIVE_SCORE = (10 + 40) * (0.5 + 0.5 + 1 + 0.05 * 3)
const MAX_IN_MESH_SCORE = 10
const MAX_FIRST_DELIVERIES_SCORE = 40
const DECAY_TO_ZERO = 0.01
const TIME_IN_MESH_CAP_SECONDS = 3600
const IP_COLOCATION_THRESHOLD = 8
const BEHAVIOUR_PENALTY_THRESHOLD = 6
/** Active validators assumed until the count is known: mainnet's order of magnitude. */
const ASSUMED_VALIDATORS = 1_000_000
const TARGET_COMMITTEE_SIZE = 128
const MAX_COMMITTEES_PER_SLOT = 64
const TARGET_AGGREGATORS_PER_COMMITTEE = 16
const ATTESTATION_SUBNETS = 64

export interface ScoreSetting {
  readonly slotDurationMs: number
  readonly slotsPerEpoch: number
  readonly meshN: number
}

/** Factor per decay interval that takes a counter to `DECAY_TO_ZERO` in `lifetimeMs`. */
function decayOver(lifetimeMs: number, intervalMs: number): number {
  return DECAY_TO_ZERO ** (1 / (lifetimeMs / intervalMs))
}

/** Where a counter settles that gains `rate` each interval and decays by `decay`. */
function convergence(decay: number, rate: number): number {
  return rate / (1 - decay)
}

function decayIntervalMs(setting: ScoreSetting): number {
  return Math.max(1000, setting.slotDurationMs)
}

/** P5–P7 and the global numbers; `exemptIps` answers `has` for addresses outside the colocation rule. */
export function peerScoreParams(setting: ScoreSetting, exemptIps: Set<string>): Partial<PeerScoreParams> {
  const epochMs = setting.slotDurationMs * setting.slotsPerEpoch
  const behaviourPenaltyDecay = decayOver(10 * epochMs, decayIntervalMs(setting))
  const tolerated = convergence(behaviourPenaltyDecay, 10 / setting.slotsPerEpoch) - BEHAVIOUR_PENALTY_THRESHOLD
  const topicScoreCap = MAX_POSITIVE_SCORE / 2
  return {
    topics: {},
    topicScoreCap,
    appSpecificScore: () => 0,
    appSpecificWeight: 1,
    decayInterval: decayIntervalMs(setting),
    decayToZero: DECAY_TO_ZERO,
    retainScore: 100 * epochMs,
    IPColocationFactorThreshold: IP_COLOCATION_THRESHOLD,
    IPColocationFactorWeight: -topicScoreCap,
    IPColocationFactorWhitelist: exemptIps,
    behaviourPenaltyThreshold: BEHAVIOUR_PENALTY_THRESHOLD,
    behaviourPenaltyDecay,
    behaviourPenaltyWeight: SCORE_THRESHOLDS.gossipThreshold / tolerated ** 2,
  }
}

interface TopicRates {
  readonly weight: number
  readonly messagesPerSlot: number
  readonly firstDeliveriesDecayEpochs: number
}

/** Expected aggregators a slot: each member of a committee of m is one with the chance 1 / max(1, ⌊m / 16⌋). */
function aggregatorsPerSlot(validators: number, slotsPerEpoch: number): number {
  const wanted = Math.floor(validators / slotsPerEpoch / TARGET_COMMITTEE_SIZE)
  const committees = Math.max(1, Math.min(MAX_COMMITTEES_PER_SLOT, wanted)) * slotsPerEpoch
  const size = Math.floor(validators / committees)
  const larger = validators - size * committees
  const expected = (members: number): number =>
    members / Math.max(1, Math.floor(members / TARGET_AGGREGATORS_PER_COMMITTEE))
  return ((committees - larger) * expected(size) + larger * expected(size + 1)) / slotsPerEpoch
}

function topicRates(kind: GossipKind, slotsPerEpoch: number): TopicRates | undefined {
  switch (kind) {
    case 'beacon_block':
      return { weight: 0.5, messagesPerSlot: 1, firstDeliveriesDecayEpochs: 20 }
    case 'beacon_aggregate_and_proof':
      return {
        weight: 0.5,
        messagesPerSlot: aggregatorsPerSlot(ASSUMED_VALIDATORS, slotsPerEpoch),
        firstDeliveriesDecayEpochs: 1,
      }
    case 'beacon_attestation':
      return {
        weight: 1 / ATTESTATION_SUBNETS,
        messagesPerSlot: ASSUMED_VALIDATORS / ATTESTATION_SUBNETS / slotsPerEpoch,
        firstDeliveriesDecayEpochs: 1,
      }
    case 'voluntary_exit':
      return { weight: 0.05, messagesPerSlot: 4 / slotsPerEpoch, firstDeliveriesDecayEpochs: 100 }
    case 'proposer_slashing':
    case 'attester_slashing':
      return { weight: 0.05, messagesPerSlot: 1 / (5 * slotsPerEpoch), firstDeliveriesDecayEpochs: 100 }
    default:
      return undefined
  }
}

/** P1, P2 and P4 of a topic; undefined for kinds that no client scores (reference/scoring.md §3.2). */
export function topicScoreParams(kind: GossipKind, setting: ScoreSetting): TopicScoreParams | undefined {
  const rates = topicRates(kind, setting.slotsPerEpoch)
  if (rates === undefined) return undefined
  const epochMs = setting.slotDurationMs * setting.slotsPerEpoch
  const intervalMs = decayIntervalMs(setting)
  const firstDecay = decayOver(rates.firstDeliveriesDecayEpochs * epochMs, intervalMs)
  const firstCap = convergence(firstDecay, (2 * rates.messagesPerSlot) / setting.meshN)
  const timeInMeshCap = (TIME_IN_MESH_CAP_SECONDS * 1000) / setting.slotDurationMs
  return {
    topicWeight: rates.weight,
    timeInMeshQuantum: setting.slotDurationMs,
    timeInMeshCap,
    timeInMeshWeight: MAX_IN_MESH_SCORE / timeInMeshCap,
    firstMessageDeliveriesDecay: firstDecay,
    firstMessageDeliveriesCap: firstCap,
    firstMessageDeliveriesWeight: MAX_FIRST_DELIVERIES_SCORE / firstCap,
    meshMessageDeliveriesWeight: 0,
    meshMessageDeliveriesDecay: 0,
    meshMessageDeliveriesCap: 0,
    meshMessageDeliveriesThreshold: 0,
    meshMessageDeliveriesWindow: 0,
    meshMessageDeliveriesActivation: 0,
    meshFailurePenaltyWeight: 0,
    meshFailurePenaltyDecay: 0,
    invalidMessageDeliveriesWeight: -MAX_POSITIVE_SCORE / rates.weight,
    invalidMessageDeliveriesDecay: decayOver(50 * epochMs, intervalMs),
  }
}
