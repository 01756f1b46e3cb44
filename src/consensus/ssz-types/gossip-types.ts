/** The type of every gossip object: a row for each base name of a topic. Spec: specs/<fork>/p2p-interface.md */
import type { ForkName, PresetName } from '../network-config.ts'
import type { ContainerType } from '../ssz/ssz-layout-type.ts'
import type { GossipKind } from '../topic-table.ts'
import { attesterSlashingType, signedAggregateAndProofType, subnetAttestationType } from './attestations.ts'
import { signedBeaconBlockType } from './block.ts'
import { type Edition, editionOf } from './edition.ts'
import { finalityUpdateType, optimisticUpdateType } from './light-client.ts'
import { proposerSlashing, signedBlsToExecutionChange, signedVoluntaryExit } from './operations.ts'
import {
  payloadAttestationMessage,
  signedExecutionPayloadBid,
  signedExecutionPayloadEnvelopeType,
  signedProposerPreferences,
} from './payload-separation.ts'
import { blobSidecar, dataColumnSidecarType } from './sidecars.ts'
import { signedContributionAndProofType, syncCommitteeMessage } from './sync-committee.ts'

const ROWS: Readonly<Record<GossipKind, (edition: Edition) => ContainerType>> = {
  beacon_block: signedBeaconBlockType,
  beacon_aggregate_and_proof: signedAggregateAndProofType,
  beacon_attestation: subnetAttestationType,
  voluntary_exit: () => signedVoluntaryExit,
  proposer_slashing: () => proposerSlashing,
  attester_slashing: attesterSlashingType,
  sync_committee_contribution_and_proof: signedContributionAndProofType,
  sync_committee: () => syncCommitteeMessage,
  light_client_finality_update: finalityUpdateType,
  light_client_optimistic_update: optimisticUpdateType,
  bls_to_execution_change: () => signedBlsToExecutionChange,
  blob_sidecar: () => blobSidecar,
  data_column_sidecar: dataColumnSidecarType,
  execution_payload_bid: () => signedExecutionPayloadBid,
  execution_payload: signedExecutionPayloadEnvelopeType,
  payload_attestation_message: () => payloadAttestationMessage,
  proposer_preferences: () => signedProposerPreferences,
}

type Rows = Readonly<Record<GossipKind, ContainerType>>

function rowsOf(fork: ForkName, preset: PresetName): Rows {
  const edition = editionOf(fork, preset)
  return Object.fromEntries(Object.entries(ROWS).map(([kind, make]) => [kind, make(edition)])) as unknown as Rows
}

/** Made when first asked for: a network has one preset and runs few forks. Bounded by the forks there are. */
const TYPES: Readonly<Record<PresetName, Map<ForkName, Rows>>> = { mainnet: new Map(), minimal: new Map() }

/**
 * The container that topics of `kind` carry in `fork`, always the same object. For a fork that has no such topic it is
 * the container of the nearest one that has.
 */
export function gossipType(kind: GossipKind, fork: ForkName, preset: PresetName): ContainerType {
  const forks = TYPES[preset]
  let rows = forks.get(fork)
  if (rows === undefined) {
    rows = rowsOf(fork, preset)
    forks.set(fork, rows)
  }
  return rows[kind]
}
