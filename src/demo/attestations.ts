/** Single attestations of one committee (specs/electra/validator.md#construct-attestation). */
import type { Signature } from '@chainsafe/blst'
import { type electra, type phase0, ssz } from '@lodestar/types'
import { committeeIndexOnSubnet, committeeOf, isAggregator } from './duties.ts'
import type { KeyRing } from './keys.ts'
import { type Domains, signingRoot } from './signing.ts'

/** Of the 128 of a committee; mainnet's 500 on a subnet would be all that a small machine does. */
const ATTESTERS_PER_COMMITTEE = 32
const AGGREGATORS_PER_COMMITTEE = 8

export interface Aggregator {
  readonly validatorIndex: number
  readonly selectionProof: Uint8Array
}

/** Who of a committee takes part in the demo's traffic. */
export interface CommitteeDuty {
  readonly slot: number
  readonly subnet: number
  readonly committeeIndex: number
  /** Positions in the committee of those who attest; the aggregators' come first. */
  readonly positions: readonly number[]
  /** All of the committee, in order of position. */
  readonly members: readonly number[]
  readonly aggregators: readonly Aggregator[]
}

/** get_slot_signature (specs/phase0/validator.md#aggregation-selection). */
function selectionProof(keys: KeyRing, domains: Domains, slot: number, validatorIndex: number): Uint8Array {
  const root = signingRoot(ssz.Slot.hashTreeRoot(slot), domains.selectionProof)
  return keys.sign(validatorIndex, root).toBytes()
}

/**
 * The committee that attests on `subnet` in `slot`: its first aggregators, and attesters up to 32 in all. Costs some 60
 * signatures and 10,000 hashes, about 40 ms.
 */
export function planCommittee(keys: KeyRing, domains: Domains, slot: number, subnet: number): CommitteeDuty {
  const committeeIndex = committeeIndexOnSubnet(slot, subnet)
  const members = committeeOf(slot, committeeIndex)
  const aggregators: Aggregator[] = []
  const positions: number[] = []
  const others: number[] = []
  for (const [position, validatorIndex] of members.entries()) {
    const proof = aggregators.length < AGGREGATORS_PER_COMMITTEE && selectionProof(keys, domains, slot, validatorIndex)
    if (proof !== false && isAggregator(proof)) {
      aggregators.push({ validatorIndex, selectionProof: proof })
      positions.push(position)
    } else {
      others.push(position)
    }
  }
  positions.push(...others.slice(0, ATTESTERS_PER_COMMITTEE - positions.length))
  return { slot, subnet, committeeIndex, positions, members, aggregators }
}

/** One attester's vote: the message, its signature as a point for aggregation, and its bit in the committee. */
export interface Vote {
  readonly position: number
  readonly signature: Signature
  readonly attestation: electra.SingleAttestation
}

/** The votes of those of the duty who attest, in the duty's order. All carry the same data. */
export function castVotes(
  keys: KeyRing,
  domains: Domains,
  duty: CommitteeDuty,
  data: phase0.AttestationData,
): readonly Vote[] {
  const root = signingRoot(ssz.phase0.AttestationData.hashTreeRoot(data), domains.attester)
  return duty.positions.map((position) => {
    const attesterIndex = duty.members[position] as number
    const signature = keys.sign(attesterIndex, root)
    const attestation = { committeeIndex: duty.committeeIndex, attesterIndex, data, signature: signature.toBytes() }
    return { position, signature, attestation }
  })
}
