/**
 * Who proposes and who attests when: the spec's own functions over the demo's validators. Only the randao mix is ours:
 * there is no beacon state to keep it, so every epoch uses the same one, and duties can be known for any slot.
 */
import { hash } from 'node:crypto'
import {
  ATTESTATION_SUBNET_COUNT,
  DOMAIN_BEACON_ATTESTER,
  DOMAIN_BEACON_PROPOSER,
  MAX_COMMITTEES_PER_SLOT,
  SLOTS_PER_EPOCH,
  TARGET_AGGREGATORS_PER_COMMITTEE,
  TARGET_COMMITTEE_SIZE,
} from '@lodestar/params'
import { createShuffler } from './shuffling.ts'
import { VALIDATOR_COUNT } from './validators.ts'

/** Stands in for get_randao_mix in every epoch. */
const RANDAO_MIX = hash('sha256', 'starling-demo/randao-mix', 'buffer')
/** get_committee_count_per_slot of VALIDATOR_COUNT active validators. */
export const COMMITTEES_PER_SLOT = MAX_COMMITTEES_PER_SLOT
export const COMMITTEE_SIZE = TARGET_COMMITTEE_SIZE

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** get_seed (specs/phase0/beacon-chain.md#get_seed) over the fixed mix. */
function seedOf(epoch: number, domainType: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([domainType, uint64(epoch), RANDAO_MIX]), 'buffer')
}

/** The epoch of a slot. */
export function epochOf(slot: number): number {
  return Math.floor(slot / SLOTS_PER_EPOCH)
}

/**
 * compute_proposer_index for a slot. All validators hold the largest effective balance, so the first candidate of the
 * sampling is always taken. Spec: specs/electra/beacon-chain.md#modified-compute_proposer_index
 */
export function proposerOf(slot: number): number {
  const epochSeed = seedOf(epochOf(slot), DOMAIN_BEACON_PROPOSER)
  const seed = hash('sha256', Buffer.concat([epochSeed, uint64(slot)]), 'buffer')
  return createShuffler(seed, VALIDATOR_COUNT)(0)
}

/** get_beacon_committee: validator indices in order of their bit. Spec: specs/phase0/beacon-chain.md#get_beacon_committee */
export function committeeOf(slot: number, committeeIndex: number): readonly number[] {
  if (committeeIndex < 0 || committeeIndex >= COMMITTEES_PER_SLOT) throw new Error(`no committee ${committeeIndex}`)
  const shuffled = createShuffler(seedOf(epochOf(slot), DOMAIN_BEACON_ATTESTER), VALIDATOR_COUNT)
  const first = ((slot % SLOTS_PER_EPOCH) * COMMITTEES_PER_SLOT + committeeIndex) * COMMITTEE_SIZE
  return Array.from({ length: COMMITTEE_SIZE }, (_, offset) => shuffled(first + offset))
}

/** compute_subnet_for_attestation (specs/phase0/validator.md#broadcast-attestation). */
export function subnetOf(slot: number, committeeIndex: number): number {
  const committeesSinceEpochStart = COMMITTEES_PER_SLOT * (slot % SLOTS_PER_EPOCH)
  return (committeesSinceEpochStart + committeeIndex) % ATTESTATION_SUBNET_COUNT
}

/** The committee of `slot` that attests on `subnet`. There is exactly one: committees and subnets are equally many. */
export function committeeIndexOnSubnet(slot: number, subnet: number): number {
  const committeesSinceEpochStart = COMMITTEES_PER_SLOT * (slot % SLOTS_PER_EPOCH)
  const distance = (subnet - committeesSinceEpochStart) % ATTESTATION_SUBNET_COUNT
  return (distance + ATTESTATION_SUBNET_COUNT) % ATTESTATION_SUBNET_COUNT
}

/** is_aggregator (specs/phase0/validator.md#aggregation-selection) for a committee of COMMITTEE_SIZE. */
export function isAggregator(selectionProof: Uint8Array): boolean {
  const modulo = BigInt(Math.max(1, Math.floor(COMMITTEE_SIZE / TARGET_AGGREGATORS_PER_COMMITTEE)))
  return hash('sha256', selectionProof, 'buffer').readBigUInt64LE(0) % modulo === 0n
}
