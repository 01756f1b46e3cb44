/** The policy of each topic: what the operator chose, or else what suits the topic. */
import type { ValidationChoice, ValidationPolicy } from '../../../config/validation-choice.ts'
import { type GossipKind, isVoteKind } from '../../../consensus/topic-table.ts'

/** Of what cannot be verified and is not to go on unseen by others (reference/p2p.md A5.1). */
export const FALLBACK_SOURCES = 2
/** A vote that comes later than this has missed the aggregate that it was for. */
const MAX_VOTE_TIME_MS = 1000

/**
 * With no word of the operator's (reference/p2p.md A5.1). Votes are many and small: to verify all of them before they go on
 * would take more time than there is, and to verify some shows who forges. Operations and bids are rare: a forged one would
 * be all there is of its topic, and a second peer is soon there. What one proposer signs is verified, or else goes by `fallbackOf`.
 */
export const DEFAULT_POLICIES: Readonly<Record<GossipKind, ValidationPolicy>> = {
  beacon_block: 'strict',
  blob_sidecar: 'strict',
  data_column_sidecar: 'strict',
  execution_payload: 'strict',
  bls_to_execution_change: 'strict',
  beacon_attestation: 'sampled',
  beacon_aggregate_and_proof: 'sampled',
  sync_committee: 'sampled',
  sync_committee_contribution_and_proof: 'sampled',
  payload_attestation_message: 'sampled',
  voluntary_exit: 'corroborate(2)',
  proposer_slashing: 'corroborate(2)',
  attester_slashing: 'corroborate(2)',
  light_client_finality_update: 'corroborate(2)',
  light_client_optimistic_update: 'corroborate(2)',
  execution_payload_bid: 'corroborate(2)',
  proposer_preferences: 'corroborate(2)',
}

/** The policy of a kind under an operator's choice. */
export function policyOf(choice: ValidationChoice, kind: GossipKind): ValidationPolicy {
  const chosen = choice.perTopic[kind] ?? choice.default
  return chosen === 'default' ? DEFAULT_POLICIES[kind] : chosen
}

/**
 * Aggregates of both kinds. They are few, each stands for many votes, and clients part with whoever sends two that are
 * forged: where nobody can verify them, those of peers that nobody knows wait for another one.
 */
export function isAggregate(kind: GossipKind): boolean {
  return kind === 'beacon_aggregate_and_proof' || kind === 'sync_committee_contribution_and_proof'
}

/** How many peers must have sent a message before it goes on; undefined where that is not asked. */
export function sourcesOf(policy: ValidationPolicy): number | undefined {
  const sources = /^corroborate\((\d+)\)$/.exec(policy)?.[1]
  return sources === undefined ? undefined : Number(sources)
}

/**
 * What becomes of a message under `strict` that cannot be verified. `first_of_slot`: of what one proposer makes once a
 * slot, the first one goes on at once, and others wait for corroboration.
 */
export type Fallback = 'first_of_slot' | 'blind' | 'corroborate'

export function fallbackOf(kind: GossipKind): Fallback {
  switch (kind) {
    case 'beacon_block':
    case 'blob_sidecar':
    case 'data_column_sidecar':
    case 'execution_payload':
      return 'first_of_slot'
    default:
      return isVoteKind(kind) ? 'blind' : 'corroborate'
  }
}

/**
 * How many peers must have sent a message whose signature is right and proves only that somebody signed it (see
 * `provesClaim` of the verifier). A change of credentials may be signed with any key, which our peers would hold against
 * us; of votes there are too many to let the true ones wait.
 */
export function signedSourcesOf(kind: GossipKind): number {
  return isVoteKind(kind) ? 1 : 2
}

/** How long a message of a kind may wait for other peers, where `corroborationTimeMs` may pass for others. */
export function waitingTimeMs(kind: GossipKind, corroborationTimeMs: number): number {
  return isVoteKind(kind) ? Math.min(MAX_VOTE_TIME_MS, corroborationTimeMs) : corroborationTimeMs
}
