/** Tier 0, what a message can be held against without any state: a check for each kind of topic. */
import type { GossipKind } from '../../../consensus/topic-table.ts'
import { aggregateCheck } from './aggregate-check.ts'
import { attestationCheck } from './attestation-check.ts'
import { payloadAttestationCheck } from './payload-attestation-check.ts'
import type { CheckFactory } from './rule.ts'
import { contributionCheck, syncMessageCheck } from './sync-checks.ts'

export const CHECKS: Readonly<Partial<Record<GossipKind, CheckFactory>>> = {
  beacon_attestation: attestationCheck,
  beacon_aggregate_and_proof: aggregateCheck,
  sync_committee: syncMessageCheck,
  sync_committee_contribution_and_proof: contributionCheck,
  payload_attestation_message: payloadAttestationCheck,
}
