/** Tier 0, what a message can be held against without any state: a check for each kind of topic. */
import type { GossipKind } from '../../../consensus/topic-table.ts'
import { aggregateCheck } from './aggregate-check.ts'
import { attestationCheck } from './attestation-check.ts'
import { blobSidecarCheck } from './blob-sidecar-check.ts'
import { blockCheck } from './block-check.ts'
import { dataColumnCheck } from './data-column-check.ts'
import { finalityUpdateCheck, optimisticUpdateCheck } from './light-client-checks.ts'
import {
  attesterSlashingCheck,
  blsToExecutionChangeCheck,
  proposerSlashingCheck,
  voluntaryExitCheck,
} from './operation-checks.ts'
import { payloadAttestationCheck } from './payload-attestation-check.ts'
import { payloadBidCheck, payloadEnvelopeCheck, proposerPreferencesCheck } from './payload-checks.ts'
import type { CheckFactory } from './rule.ts'
import { contributionCheck, syncMessageCheck } from './sync-checks.ts'

export const CHECKS: Readonly<Record<GossipKind, CheckFactory>> = {
  beacon_block: blockCheck,
  beacon_aggregate_and_proof: aggregateCheck,
  beacon_attestation: attestationCheck,
  voluntary_exit: voluntaryExitCheck,
  proposer_slashing: proposerSlashingCheck,
  attester_slashing: attesterSlashingCheck,
  sync_committee_contribution_and_proof: contributionCheck,
  sync_committee: syncMessageCheck,
  light_client_finality_update: finalityUpdateCheck,
  light_client_optimistic_update: optimisticUpdateCheck,
  bls_to_execution_change: blsToExecutionChangeCheck,
  blob_sidecar: blobSidecarCheck,
  data_column_sidecar: dataColumnCheck,
  execution_payload_bid: payloadBidCheck,
  execution_payload: payloadEnvelopeCheck,
  payload_attestation_message: payloadAttestationCheck,
  proposer_preferences: proposerPreferencesCheck,
}
