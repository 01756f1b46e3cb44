/**
 * The table of gossip topics, one row a base name: from which fork it exists, how many subnets it has, how long its SSZ
 * may be, what `/mesh` calls it. A topic of a new fork is one row; forgetting it does not compile.
 * Spec: specs/<fork>/p2p-interface.md#topics-and-messages
 */
import { FORK_NAMES, type ForkName, isForkAtLeast, type PresetName } from './network-config.ts'
import {
  aggregateBounds,
  attestationBounds,
  attesterSlashingBounds,
  type BoundsOf,
  blockBounds,
  contributionBounds,
  dataColumnBounds,
  exactly,
  finalityUpdateBounds,
  optimisticUpdateBounds,
  payloadBidBounds,
  payloadEnvelopeBounds,
} from './ssz/ssz-bounds.ts'

/** ATTESTATION_SUBNET_COUNT, specs/phase0/p2p-interface.md */
export const ATTESTATION_SUBNET_COUNT = 64
/** SYNC_COMMITTEE_SUBNET_COUNT, specs/altair/validator.md */
export const SYNC_COMMITTEE_SUBNET_COUNT = 4
/** BLOB_SIDECAR_SUBNET_COUNT, specs/deneb/p2p-interface.md */
export const BLOB_SIDECAR_SUBNET_COUNT = 6
/** BLOB_SIDECAR_SUBNET_COUNT_ELECTRA, specs/electra/p2p-interface.md */
export const BLOB_SIDECAR_SUBNET_COUNT_ELECTRA = 9
/** DATA_COLUMN_SIDECAR_SUBNET_COUNT, specs/fulu/p2p-interface.md */
export const DATA_COLUMN_SIDECAR_SUBNET_COUNT = 128

/** Base names of topics that are one topic. */
export type SingleKind =
  | 'beacon_block'
  | 'beacon_aggregate_and_proof'
  | 'voluntary_exit'
  | 'proposer_slashing'
  | 'attester_slashing'
  | 'sync_committee_contribution_and_proof'
  | 'light_client_finality_update'
  | 'light_client_optimistic_update'
  | 'bls_to_execution_change'
  | 'execution_payload_bid'
  | 'execution_payload'
  | 'payload_attestation_message'
  | 'proposer_preferences'

/** Base names of topics that are followed by `_<subnet>`. */
export type SubnetKind = 'beacon_attestation' | 'sync_committee' | 'blob_sidecar' | 'data_column_sidecar'

export type GossipKind = SingleKind | SubnetKind

/** The name part of a topic: a base name, with its subnet where it has one. */
export type GossipName = SingleKind | `${SubnetKind}_${number}`

export interface TopicSpec {
  readonly kind: GossipKind
  /** What `GET /mesh` calls the topic, all subnets alike. */
  readonly viewKind: string
  /** The first fork that has the topic. */
  readonly fromFork: ForkName
  /** The first fork that has it no more. */
  readonly untilFork?: ForkName
  /** Number of subnets in `fork`, 0 where the topic does not exist; absent for a topic without subnets. */
  readonly subnets?: (fork: ForkName) => number
  /** Shortest SSZ of the object in `fork`; the preset defaults to mainnet. */
  minSszBytes(fork: ForkName, preset?: PresetName): number
  /** Longest SSZ of the object in `fork` under a digest that allows `maxBlobs` blobs a block. */
  maxSszBytes(fork: ForkName, maxBlobs: number, preset?: PresetName): number
}

interface Row {
  readonly viewKind: string
  readonly bounds: BoundsOf
  readonly from?: ForkName
  readonly until?: ForkName
  readonly subnets?: (fork: ForkName) => number
}

const ROWS: Readonly<Record<GossipKind, Row>> = {
  beacon_block: { viewKind: 'BeaconBlock', bounds: blockBounds },
  beacon_aggregate_and_proof: { viewKind: 'BeaconAggregateAndProof', bounds: aggregateBounds },
  beacon_attestation: {
    viewKind: 'Attestation',
    bounds: attestationBounds,
    subnets: () => ATTESTATION_SUBNET_COUNT,
  },
  voluntary_exit: { viewKind: 'VoluntaryExit', bounds: exactly(112) },
  proposer_slashing: { viewKind: 'ProposerSlashing', bounds: exactly(416) },
  attester_slashing: { viewKind: 'AttesterSlashing', bounds: attesterSlashingBounds },
  sync_committee_contribution_and_proof: {
    viewKind: 'SignedContributionAndProof',
    bounds: contributionBounds,
    from: 'altair',
  },
  sync_committee: {
    viewKind: 'SyncCommitteeMessage',
    bounds: exactly(144),
    from: 'altair',
    subnets: () => SYNC_COMMITTEE_SUBNET_COUNT,
  },
  light_client_finality_update: {
    viewKind: 'LightClientFinalityUpdate',
    bounds: finalityUpdateBounds,
    from: 'altair',
  },
  light_client_optimistic_update: {
    viewKind: 'LightClientOptimisticUpdate',
    bounds: optimisticUpdateBounds,
    from: 'altair',
  },
  bls_to_execution_change: { viewKind: 'BlsToExecutionChange', bounds: exactly(172), from: 'capella' },
  blob_sidecar: {
    viewKind: 'BlobSidecar',
    bounds: exactly(131_928),
    from: 'deneb',
    until: 'fulu',
    subnets: (fork) => (fork === 'deneb' ? BLOB_SIDECAR_SUBNET_COUNT : BLOB_SIDECAR_SUBNET_COUNT_ELECTRA),
  },
  data_column_sidecar: {
    viewKind: 'DataColumnSidecar',
    bounds: dataColumnBounds,
    from: 'fulu',
    subnets: () => DATA_COLUMN_SIDECAR_SUBNET_COUNT,
  },
  execution_payload_bid: { viewKind: 'ExecutionPayloadBid', bounds: payloadBidBounds, from: 'gloas' },
  execution_payload: { viewKind: 'ExecutionPayload', bounds: payloadEnvelopeBounds, from: 'gloas' },
  payload_attestation_message: { viewKind: 'PayloadAttestationMessage', bounds: exactly(146), from: 'gloas' },
  proposer_preferences: { viewKind: 'ProposerPreferences', bounds: exactly(172), from: 'gloas' },
}

function inForce(fork: ForkName, from: ForkName, until: ForkName | undefined): boolean {
  return isForkAtLeast(fork, from) && (until === undefined || !isForkAtLeast(fork, until))
}

function topicSpec(kind: GossipKind, row: Row): TopicSpec {
  const { viewKind, bounds, from = 'phase0', until, subnets } = row
  return {
    kind,
    viewKind,
    fromFork: from,
    ...(until === undefined ? {} : { untilFork: until }),
    ...(subnets === undefined ? {} : { subnets: (fork) => (inForce(fork, from, until) ? subnets(fork) : 0) }),
    minSszBytes: (fork, preset = 'mainnet') => bounds(fork, preset, 0).min,
    maxSszBytes: (fork, maxBlobs, preset = 'mainnet') => bounds(fork, preset, maxBlobs).max,
  }
}

export const GOSSIP_KINDS = Object.keys(ROWS) as readonly GossipKind[]

export const TOPIC_TABLE = Object.fromEntries(
  GOSSIP_KINDS.map((kind) => [kind, topicSpec(kind, ROWS[kind])]),
) as Readonly<Record<GossipKind, TopicSpec>>

/** What validators vote with, and what aggregates their votes: many, small, and of no use when they are late. */
export const VOTE_KINDS = [
  'beacon_attestation',
  'beacon_aggregate_and_proof',
  'sync_committee',
  'sync_committee_contribution_and_proof',
  'payload_attestation_message',
] as const satisfies readonly GossipKind[]

const VOTES: ReadonlySet<GossipKind> = new Set<GossipKind>(VOTE_KINDS)

export function isVoteKind(kind: GossipKind): boolean {
  return VOTES.has(kind)
}

/** True when `text` is a base name of the table. */
export function isGossipKind(text: string): text is GossipKind {
  return Object.hasOwn(TOPIC_TABLE, text)
}

/** True when the topics of `spec` exist in `fork`. */
export function isTopicInFork(spec: TopicSpec, fork: ForkName): boolean {
  return inForce(fork, spec.fromFork, spec.untilFork)
}

/** The names of one kind in `fork`: none, one, or one for each subnet in order. */
export function gossipNamesOfKind(kind: GossipKind, fork: ForkName): readonly GossipName[] {
  const spec = TOPIC_TABLE[kind]
  if (!isTopicInFork(spec, fork)) return []
  if (spec.subnets === undefined) return [kind as SingleKind]
  return Array.from({ length: spec.subnets(fork) }, (_, index) => `${kind as SubnetKind}_${index}` as const)
}

const NAMES_OF_FORK = Object.fromEntries(
  FORK_NAMES.map((fork) => [fork, GOSSIP_KINDS.flatMap((kind) => gossipNamesOfKind(kind, fork))]),
) as Record<string, readonly GossipName[]> as Readonly<Record<ForkName, readonly GossipName[]>>

/** Every topic name of `fork`, subnets expanded: 205 in Fulu. */
export function gossipNamesOfFork(fork: ForkName): readonly GossipName[] {
  return NAMES_OF_FORK[fork]
}
