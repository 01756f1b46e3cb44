/** Aggregates of one committee's votes (specs/electra/validator.md#construct-aggregate). */
import { aggregateSignatures } from '@chainsafe/blst'
import { BitArray } from '@chainsafe/ssz'
import { MAX_COMMITTEES_PER_SLOT } from '@lodestar/params'
import { type electra, type phase0, ssz } from '@lodestar/types'
import type { Aggregator, CommitteeDuty, Vote } from './attestations.ts'
import { COMMITTEE_SIZE } from './duties.ts'
import type { KeyRing } from './keys.ts'
import { type Domains, signingRoot } from './signing.ts'

/** The attestation of `votes`, all of one committee. */
export function aggregateVotes(
  duty: CommitteeDuty,
  data: phase0.AttestationData,
  votes: readonly Vote[],
): electra.Attestation {
  const aggregationBits = BitArray.fromBitLen(COMMITTEE_SIZE)
  for (const { position } of votes) aggregationBits.set(position, true)
  return {
    aggregationBits,
    data,
    signature: aggregateSignatures(votes.map((vote) => vote.signature)).toBytes(),
    committeeBits: BitArray.fromSingleBit(MAX_COMMITTEES_PER_SLOT, duty.committeeIndex),
  }
}

function signAggregate(
  keys: KeyRing,
  domains: Domains,
  aggregator: Aggregator,
  aggregate: electra.Attestation,
): electra.SignedAggregateAndProof {
  const message: electra.AggregateAndProof = {
    aggregatorIndex: aggregator.validatorIndex,
    aggregate,
    selectionProof: aggregator.selectionProof,
  }
  const root = signingRoot(ssz.electra.AggregateAndProof.hashTreeRoot(message), domains.aggregateAndProof)
  return { message, signature: keys.sign(aggregator.validatorIndex, root).toBytes() }
}

/**
 * One signed aggregate for each aggregator of the duty. Each misses one vote, and each another one: an aggregate that
 * adds nothing to those already seen is not forwarded (specs/phase0/p2p-interface.md#beacon_aggregate_and_proof).
 */
export function buildAggregates(
  keys: KeyRing,
  domains: Domains,
  duty: CommitteeDuty,
  data: phase0.AttestationData,
  votes: readonly Vote[],
): readonly electra.SignedAggregateAndProof[] {
  return duty.aggregators.map((aggregator, index) => {
    const missed = (index + 1) % votes.length
    const aggregate = aggregateVotes(
      duty,
      data,
      votes.filter((_, position) => position !== missed),
    )
    return signAggregate(keys, domains, aggregator, aggregate)
  })
}
