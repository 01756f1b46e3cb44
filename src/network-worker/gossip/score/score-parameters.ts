/**
 * The gossip score's global parameters by the formulas of reference/scoring.md §3.1, for a slot duration. Those of the
 * topics are in topic-score-parameters.ts.
 */
import type { PeerScoreParams, PeerScoreThresholds } from '@chainsafe/libp2p-gossipsub/score'
import type { PresetName } from '../../../consensus/network-config.ts'
import { convergence, DECAY_TO_ZERO, decayIntervalMs, decayOverSlots, type SlotTiming } from './score-decay.ts'

/** Same at every client (reference/p2p.md A2.3). */
export const SCORE_THRESHOLDS: PeerScoreThresholds = {
  gossipThreshold: -4000,
  publishThreshold: -8000,
  graylistThreshold: -16000,
  acceptPXThreshold: 100,
  opportunisticGraftThreshold: 5,
}

export const MAX_IN_MESH_SCORE = 10
export const MAX_FIRST_DELIVERIES_SCORE = 40
/** The summed topic weights: block, aggregate, all subnets, three of 0.05. */
const TOPIC_WEIGHTS = 0.5 + 0.5 + 1 + 0.05 * 3
/** The best score that topics can give: 107.5. One invalid message takes as much. */
export const MAX_POSITIVE_SCORE = (MAX_IN_MESH_SCORE + MAX_FIRST_DELIVERIES_SCORE) * TOPIC_WEIGHTS
/** The most a gossip score can be: a peer of that score is of full value. */
export const TOPIC_SCORE_CAP = MAX_POSITIVE_SCORE / 2
const IP_COLOCATION_THRESHOLD = 8
const BEHAVIOUR_PENALTY_THRESHOLD = 6
const BEHAVIOUR_PENALTY_EPOCHS = 10
/** Behaviour penalties an epoch that take a peer to the gossip threshold. */
const INTOLERABLE_PENALTIES_PER_EPOCH = 10
const RETAINED_EPOCHS = 100

/** What scores are worked out from. The mesh and the validators change while the relay runs. */
export interface ScoreSetting extends SlotTiming {
  readonly preset: PresetName
  readonly meshN: number
  /** Null while nobody said: mesh deliveries of attestations and aggregates are then expected of nobody (P3). */
  readonly activeValidators: number | null
}

/** P5–P7 and the global numbers; `exemptIps` answers `has` for addresses outside the colocation rule. */
export function peerScoreParams(timing: SlotTiming, exemptIps: Set<string>): Partial<PeerScoreParams> {
  const { slotDurationMs, slotsPerEpoch } = timing
  const behaviourPenaltyDecay = decayOverSlots(BEHAVIOUR_PENALTY_EPOCHS * slotsPerEpoch, timing)
  const intolerable = convergence(behaviourPenaltyDecay, INTOLERABLE_PENALTIES_PER_EPOCH / slotsPerEpoch)
  return {
    topics: {},
    topicScoreCap: TOPIC_SCORE_CAP,
    // The router puts its own term here (scored-router.ts).
    appSpecificScore: () => 0,
    appSpecificWeight: 1,
    decayInterval: decayIntervalMs(timing),
    decayToZero: DECAY_TO_ZERO,
    retainScore: RETAINED_EPOCHS * slotsPerEpoch * slotDurationMs,
    IPColocationFactorThreshold: IP_COLOCATION_THRESHOLD,
    IPColocationFactorWeight: -TOPIC_SCORE_CAP,
    IPColocationFactorWhitelist: exemptIps,
    behaviourPenaltyThreshold: BEHAVIOUR_PENALTY_THRESHOLD,
    behaviourPenaltyDecay,
    behaviourPenaltyWeight: SCORE_THRESHOLDS.gossipThreshold / (intolerable - BEHAVIOUR_PENALTY_THRESHOLD) ** 2,
  }
}
