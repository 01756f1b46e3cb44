/**
 * The sizes that @lodestar/types gives to the gossip objects. The library takes its preset from the environment once a
 * process, so the sizes of the minimal preset come from running this file as a child with LODESTAR_PRESET=minimal.
 */
import { ssz } from '@lodestar/types'
import { FORK_NAMES, type ForkName, isForkAtLeast } from '../../../../src/consensus/network-config.ts'
import { GOSSIP_KINDS, type GossipKind, isTopicInFork, TOPIC_TABLE } from '../../../../src/consensus/topic-table.ts'

export interface TypeSize {
  readonly kind: GossipKind
  readonly fork: ForkName
  readonly min: number
  readonly max: number
}

/** The part of an ssz type that these tests use. */
export interface GossipType {
  readonly minSize: number
  readonly maxSize: number
  defaultValue(): Record<string, unknown>
  serialize(value: Record<string, unknown>): Uint8Array
}

const TYPE_NAMES: Readonly<Record<GossipKind, string>> = {
  beacon_block: 'SignedBeaconBlock',
  beacon_aggregate_and_proof: 'SignedAggregateAndProof',
  beacon_attestation: 'Attestation',
  voluntary_exit: 'SignedVoluntaryExit',
  proposer_slashing: 'ProposerSlashing',
  attester_slashing: 'AttesterSlashing',
  sync_committee_contribution_and_proof: 'SignedContributionAndProof',
  sync_committee: 'SyncCommitteeMessage',
  light_client_finality_update: 'LightClientFinalityUpdate',
  light_client_optimistic_update: 'LightClientOptimisticUpdate',
  bls_to_execution_change: 'SignedBLSToExecutionChange',
  blob_sidecar: 'BlobSidecar',
  data_column_sidecar: 'DataColumnSidecar',
  execution_payload_bid: 'SignedExecutionPayloadBid',
  execution_payload: 'SignedExecutionPayloadEnvelope',
  payload_attestation_message: 'PayloadAttestationMessage',
  proposer_preferences: 'SignedProposerPreferences',
}

/** The type of a gossip object in a fork. */
export function gossipType(kind: GossipKind, fork: ForkName): GossipType {
  const isSingle = kind === 'beacon_attestation' && isForkAtLeast(fork, 'electra')
  const name = isSingle ? 'SingleAttestation' : TYPE_NAMES[kind]
  const type = (ssz[fork] as unknown as Readonly<Record<string, GossipType>>)[name]
  if (type === undefined) throw new Error(`${fork} has no ${name}`)
  return type
}

/** Every kind in every fork that has it. */
export function everyTopic(): { readonly kind: GossipKind; readonly fork: ForkName }[] {
  return GOSSIP_KINDS.flatMap((kind) =>
    FORK_NAMES.filter((fork) => isTopicInFork(TOPIC_TABLE[kind], fork)).map((fork) => ({ kind, fork })),
  )
}

export function typeSizes(): TypeSize[] {
  return everyTopic().map(({ kind, fork }) => {
    const { minSize, maxSize } = gossipType(kind, fork)
    return { kind, fork, min: minSize, max: maxSize }
  })
}

if (process.argv[1] === import.meta.filename) process.stdout.write(JSON.stringify(typeSizes()))
