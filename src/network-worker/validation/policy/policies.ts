/** The policy of each topic: what the operator chose, or else what suits the topic. */
import type { ValidationChoice, ValidationPolicy } from '../../../config/validation-choice.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'

/**
 * With no word of the operator's (reference/p2p.md A5.1). Votes are many, small and capped: waiting would cost more than
 * a forged one does. Operations and bids are rare: a forged one would be all there is of its topic, and a second peer is
 * soon there. What one proposer signs is verified, or else goes by `fallbackOf`.
 */
export const DEFAULT_POLICIES: Readonly<Record<GossipKind, ValidationPolicy>> = {
  beacon_block: 'strict',
  blob_sidecar: 'strict',
  data_column_sidecar: 'strict',
  execution_payload: 'strict',
  bls_to_execution_change: 'strict',
  beacon_attestation: 'blind',
  beacon_aggregate_and_proof: 'blind',
  sync_committee: 'blind',
  sync_committee_contribution_and_proof: 'blind',
  payload_attestation_message: 'blind',
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
      return DEFAULT_POLICIES[kind] === 'blind' ? 'blind' : 'corroborate'
  }
}

/**
 * How many peers must have sent a message whose signature is right and proves only that somebody signed it (see
 * `provesClaim` of the verifier). A change of credentials may be signed with any key, which our peers would hold against
 * us; of votes there are too many to let the true ones wait.
 */
export function signedSourcesOf(kind: GossipKind): number {
  return DEFAULT_POLICIES[kind] === 'blind' ? 1 : 2
}
