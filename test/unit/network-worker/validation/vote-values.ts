import { hash } from 'node:crypto'
import { BitArray } from '@chainsafe/ssz'
import { type altair, type electra, type phase0, ssz } from '@lodestar/types'
import { SLOTS_PER_EPOCH } from './judge-scene.ts'

/** A committee's size and who of it votes. */
const MEMBERS = 128
const COMMITTEE = 5
/** With 64 committees a slot each has the subnet of its number. */
export const SUBNET = COMMITTEE

export function attestationData(slot: number): phase0.AttestationData {
  const root = new Uint8Array(32).fill(7)
  const epoch = Math.floor(slot / SLOTS_PER_EPOCH)
  return { slot, index: 0, beaconBlockRoot: root, source: { epoch: epoch - 1, root }, target: { epoch, root } }
}

export function singleAttestation(slot: number): electra.SingleAttestation {
  return {
    committeeIndex: COMMITTEE,
    attesterIndex: 77_123,
    data: attestationData(slot),
    signature: new Uint8Array(96).fill(9),
  }
}

/** As on a subnet before Electra: one bit of the committee. */
export function committeeAttestation(slot: number): phase0.Attestation {
  return {
    aggregationBits: BitArray.fromSingleBit(MEMBERS, 11),
    data: { ...attestationData(slot), index: COMMITTEE },
    signature: new Uint8Array(96).fill(9),
  }
}

/**
 * A proof that selects its sender out of a committee of `members`, or one that does not. The rule is that of
 * is_aggregator (specs/phase0/validator.md), in the words of big integers.
 */
export function selectionProof(members: number, isSelected: boolean): Uint8Array {
  const modulo = BigInt(Math.max(1, Math.floor(members / 16)))
  for (let salt = 0; ; salt++) {
    const proof = new Uint8Array(96).fill(salt % 251)
    proof[95] = salt % 256
    const number = hash('sha256', proof, 'buffer').readBigUInt64LE(0)
    if ((number % modulo === 0n) === isSelected) return proof
  }
}

export function electraAggregate(slot: number): electra.SignedAggregateAndProof {
  const aggregationBits = BitArray.fromBitLen(MEMBERS)
  for (const bit of [0, 5, 127]) aggregationBits.set(bit, true)
  const signature = new Uint8Array(96).fill(3)
  return {
    message: {
      aggregatorIndex: 400_001,
      aggregate: {
        aggregationBits,
        data: attestationData(slot),
        signature,
        committeeBits: BitArray.fromSingleBit(64, COMMITTEE),
      },
      selectionProof: selectionProof(MEMBERS, true),
    },
    signature,
  }
}

export function phase0Aggregate(slot: number): phase0.SignedAggregateAndProof {
  const { message, signature } = electraAggregate(slot)
  const { committeeBits: _, ...aggregate } = message.aggregate
  return {
    message: { ...message, aggregate: { ...aggregate, data: { ...aggregate.data, index: COMMITTEE } } },
    signature,
  }
}

export function syncMessage(slot: number): altair.SyncCommitteeMessage {
  return {
    slot,
    beaconBlockRoot: new Uint8Array(32).fill(1),
    validatorIndex: 2_000_000,
    signature: new Uint8Array(96),
  }
}

/** Of mainnet's subcommittees of 128. */
export function contribution(slot: number): altair.SignedContributionAndProof {
  const value = ssz.altair.SignedContributionAndProof.defaultValue()
  value.message.aggregatorIndex = 31
  value.message.selectionProof = selectionProof(128, true)
  value.message.contribution.slot = slot
  value.message.contribution.subcommitteeIndex = 3
  value.message.contribution.aggregationBits.set(127, true)
  return value
}
