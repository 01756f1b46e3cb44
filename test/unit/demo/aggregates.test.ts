import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastAggregateVerify, Signature, verify } from '@chainsafe/blst'
import { type electra, ssz } from '@lodestar/types'
import { TOPIC_TABLE } from '../../../src/consensus/topic-table.ts'
import { buildAggregates } from '../../../src/demo/aggregates.ts'
import { castVotes, planCommittee } from '../../../src/demo/attestations.ts'
import { committeeOf } from '../../../src/demo/duties.ts'
import { signingRoot } from '../../../src/demo/signing.ts'
import { createDemoParts, type DemoParts } from './demo-parts.ts'

const SLOT = 65

function aggregatesOf({ chain, keys }: DemoParts): readonly electra.SignedAggregateAndProof[] {
  chain.propose({ slot: SLOT, blobCommitments: [], attestations: [] })
  const duty = planCommittee(keys, chain.domains, SLOT, 30)
  const data = chain.attestationData(SLOT)
  return buildAggregates(keys, chain.domains, duty, data, castVotes(keys, chain.domains, duty, data))
}

test('an aggregate is signed by its aggregator and by all it counts', () => {
  const parts = createDemoParts()
  const { chain, keys } = parts
  for (const { message, signature } of aggregatesOf(parts)) {
    const { aggregate, aggregatorIndex } = message
    const outer = signingRoot(ssz.electra.AggregateAndProof.hashTreeRoot(message), chain.domains.aggregateAndProof)
    assert.ok(verify(outer, keys.publicKey(aggregatorIndex), Signature.fromBytes(signature, true)))

    const [committeeIndex, ...otherCommittees] = aggregate.committeeBits.getTrueBitIndexes()
    assert.equal(otherCommittees.length, 0)
    const members = committeeOf(SLOT, committeeIndex ?? -1)
    assert.equal(aggregate.aggregationBits.bitLen, members.length)
    assert.ok(members.includes(aggregatorIndex))
    const attesters = aggregate.aggregationBits.getTrueBitIndexes().map((bit) => members[bit] ?? -1)
    const inner = signingRoot(ssz.phase0.AttestationData.hashTreeRoot(aggregate.data), chain.domains.attester)
    const publicKeys = attesters.map((index) => keys.publicKey(index))
    assert.ok(fastAggregateVerify(inner, publicKeys, Signature.fromBytes(aggregate.signature, true)))
  }
})

test('no aggregate of a committee adds nothing to another one', () => {
  const bitSets = aggregatesOf(createDemoParts()).map(
    ({ message }) => new Set(message.aggregate.aggregationBits.getTrueBitIndexes()),
  )
  assert.ok(bitSets.length > 1)
  for (const [i, a] of bitSets.entries()) {
    for (const [j, b] of bitSets.entries()) assert.ok(i === j || [...a].some((bit) => !b.has(bit)))
  }
})

test("an aggregate survives its type's serialisation and fits its topic's bounds", () => {
  const { minSszBytes, maxSszBytes } = TOPIC_TABLE.beacon_aggregate_and_proof
  for (const aggregate of aggregatesOf(createDemoParts())) {
    const bytes = ssz.electra.SignedAggregateAndProof.serialize(aggregate)
    assert.ok(bytes.length >= minSszBytes('fulu') && bytes.length <= maxSszBytes('fulu', 6))
    const read = ssz.electra.SignedAggregateAndProof.deserialize(bytes)
    assert.ok(ssz.electra.SignedAggregateAndProof.equals(read, aggregate))
  }
})
