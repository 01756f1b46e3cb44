import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { buildAggregates } from '../../../../src/demo/aggregates.ts'
import { castVotes, planCommittee } from '../../../../src/demo/attestations.ts'
import { createDemoParts } from '../../demo/demo-parts.ts'
import { sceneAt } from './judge-scene.ts'

const SLOT = 65
const SUBNET = 30

test("all votes and aggregates of the demo's committees are accepted, with and without the number of validators", () => {
  const { chain, keys, network } = createDemoParts()
  chain.propose({ slot: SLOT, blobCommitments: [], attestations: [] })
  const duty = planCommittee(keys, chain.domains, SLOT, SUBNET)
  const data = chain.attestationData(SLOT)
  const votes = castVotes(keys, chain.domains, duty, data)
  const aggregates = buildAggregates(keys, chain.domains, duty, data, votes)
  assert.ok(votes.length > 30 && aggregates.length > 7)
  for (const options of [{}, { activeValidators: 1_000_000 }]) {
    const scene = sceneAt(SLOT, 2000, { network: network.config, ...options })
    const subnet = scene.judgeOf(`beacon_attestation_${SUBNET}`, 'fulu')
    for (const { attestation } of votes) {
      const verdict = subnet.judgeUnverified(ssz.electra.SingleAttestation.serialize(attestation))
      assert.deepEqual(verdict, { action: 'accept' })
    }
    const aggregateTopic = scene.judgeOf('beacon_aggregate_and_proof', 'fulu')
    for (const aggregate of aggregates) {
      const verdict = aggregateTopic.judgeUnverified(ssz.electra.SignedAggregateAndProof.serialize(aggregate))
      assert.deepEqual(verdict, { action: 'accept' })
    }
  }
})
