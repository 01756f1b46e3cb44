/**
 * How much of what nobody has verified may pass, by kind of topic. Without signatures a forger can fill whatever room
 * there is, so that each number is a choice between two evils: too small, and forged messages keep true ones out; too
 * large, and we forward a forger's spam. Variants: reference/p2p.md A5.1.
 */
import type { PresetName } from '../../consensus/network-config.ts'
import { editionOf } from '../../consensus/ssz-types/edition.ts'
import { type GossipKind, SYNC_COMMITTEE_SUBNET_COUNT } from '../../consensus/topic-table.ts'

export interface ClaimLimits {
  /** Unverified messages that pass with one claim. */
  readonly variants: number
  /** Unverified messages that pass on one topic about one slot. */
  readonly perSlot: number
  /**
   * An eighth of `perSlot`, or more of where so many are due: as many pass with the word of each peer that is asked for
   * (`sourcesNeeded`).
   */
  readonly expected: number
  /** How long claims are remembered, and their messages pass: as long as the rules of the kind let them. */
  readonly memory: ClaimMemory
}

/** Current and previous slot, or current epoch and the two before: seen_ttl, specs/phase0/p2p-interface.md. */
export type ClaimMemory = 'slots' | 'epochs'

/**
 * Of votes as many as the reference allows, since the limit a slot bounds what we forward: whoever wants to keep a vote
 * back must forge four of it, in time, on a topic where each is held against him.
 */
const VOTE_VARIANTS = 4
/**
 * Of what is large or rare two: the true one and one more, so that a single forgery ahead of it keeps nothing back, and
 * nobody makes us forward more than twice its bytes.
 */
const OBJECT_VARIANTS = 2
/** MAX_VALIDATORS_PER_COMMITTEE, presets/<preset>/phase0.yaml: a subnet has one committee a slot, and so many seats. */
const ATTESTATIONS_PER_SUBNET = 2048
/** Twice what is expected, TARGET_AGGREGATORS_PER_COMMITTEE (specs/phase0/validator.md): the number is drawn by lot. */
const AGGREGATES_PER_COMMITTEE = 2 * 16
/** Twice the true ones, so that a forger must send as many again before he keeps one back. */
const HEADROOM = 2

/**
 * Objects of one proposer: one to a slot and topic when all is well. A few proposers, since nobody here says who the
 * true one is.
 */
const PROPOSER_OBJECT: ClaimLimits = { variants: OBJECT_VARIANTS, perSlot: 8, expected: 1, memory: 'epochs' }
/**
 * Slashings and preferences of proposers. A block takes 16 proposer slashings at most (presets/mainnet/phase0.yaml), and
 * an epoch has 32 proposers: what comes is far less.
 */
const OPERATION: ClaimLimits = { variants: OBJECT_VARIANTS, perSlot: 64, expected: 8, memory: 'epochs' }
/** Exits and BLS changes come in rushes: an operator leaves, or a fork brings them. Each is 112 or 172 bytes. */
const RUSH: ClaimLimits = { variants: OBJECT_VARIANTS, perSlot: 1024, expected: 128, memory: 'epochs' }
/** Of every builder one to a slot and parent, whose number is open; hundreds cost more to register than to hear. */
const BID: ClaimLimits = { variants: OBJECT_VARIANTS, perSlot: 256, expected: 32, memory: 'epochs' }
/** One finality and one optimistic update a slot, from whoever computes it: all true ones are alike. */
const UPDATE: ClaimLimits = { variants: OBJECT_VARIANTS, perSlot: 4, expected: 1, memory: 'epochs' }

/** The limits of a kind. Verified messages are outside them. */
export function claimLimits(kind: GossipKind, preset: PresetName): ClaimLimits {
  const { maxCommitteesPerSlot, syncCommitteeSize, ptcSize } = editionOf('gloas', preset)
  switch (kind) {
    case 'beacon_attestation':
      return votes(ATTESTATIONS_PER_SUBNET, 'epochs')
    case 'beacon_aggregate_and_proof':
      return votes(AGGREGATES_PER_COMMITTEE * maxCommitteesPerSlot, 'epochs')
    case 'sync_committee':
      return votes(HEADROOM * (syncCommitteeSize / SYNC_COMMITTEE_SUBNET_COUNT), 'slots')
    case 'sync_committee_contribution_and_proof':
      return votes(AGGREGATES_PER_COMMITTEE * SYNC_COMMITTEE_SUBNET_COUNT, 'slots')
    case 'payload_attestation_message':
      return votes(HEADROOM * ptcSize, 'slots')
    case 'beacon_block':
    case 'blob_sidecar':
    case 'data_column_sidecar':
    case 'execution_payload':
      return PROPOSER_OBJECT
    case 'light_client_finality_update':
    case 'light_client_optimistic_update':
      return UPDATE
    case 'proposer_slashing':
    case 'attester_slashing':
    case 'proposer_preferences':
      return OPERATION
    case 'voluntary_exit':
    case 'bls_to_execution_change':
      return RUSH
    case 'execution_payload_bid':
      return BID
  }
}

function votes(perSlot: number, memory: ClaimMemory): ClaimLimits {
  return { variants: VOTE_VARIANTS, perSlot, expected: perSlot / HEADROOM, memory }
}
