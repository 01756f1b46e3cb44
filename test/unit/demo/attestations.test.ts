import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Signature, verify } from '@chainsafe/blst'
import { ssz } from '@lodestar/types'
import { TOPIC_TABLE } from '../../../src/consensus/topic-table.ts'
import { castVotes, planCommittee } from '../../../src/demo/attestations.ts'
import { committeeOf, isAggregator, subnetOf } from '../../../src/demo/duties.ts'
import { signingRoot } from '../../../src/demo/signing.ts'
import { createDemoParts } from './demo-parts.ts'

const SLOT = 37
const SUBNET = 9

test('votes are signed by members of the committee of their subnet', () => {
  const { chain, keys } = createDemoParts()
  chain.propose({ slot: SLOT, blobCommitments: [], attestations: [] })
  const duty = planCommittee(keys, chain.domains, SLOT, SUBNET)
  const data = chain.attestationData(SLOT)
  const votes = castVotes(keys, chain.domains, duty, data)
  assert.equal(votes.length, 32)
  assert.equal(subnetOf(SLOT, duty.committeeIndex), SUBNET)
  assert.equal(new Set(votes.map(({ attestation }) => attestation.attesterIndex)).size, votes.length)

  const members = committeeOf(SLOT, duty.committeeIndex)
  const root = signingRoot(ssz.phase0.AttestationData.hashTreeRoot(data), chain.domains.attester)
  for (const { attestation, position } of votes) {
    assert.equal(attestation.attesterIndex, members[position])
    const signature = Signature.fromBytes(attestation.signature, true)
    assert.ok(verify(root, keys.publicKey(attestation.attesterIndex), signature))
  }
})

test('a vote is a single attestation of the size its topic fixes', () => {
  const { chain, keys } = createDemoParts()
  const duty = planCommittee(keys, chain.domains, SLOT, SUBNET)
  const [vote] = castVotes(keys, chain.domains, duty, chain.attestationData(SLOT))
  assert.ok(vote !== undefined)
  const bytes = ssz.electra.SingleAttestation.serialize(vote.attestation)
  assert.equal(bytes.length, TOPIC_TABLE.beacon_attestation.maxSszBytes('fulu', 6))
  assert.ok(ssz.electra.SingleAttestation.equals(ssz.electra.SingleAttestation.deserialize(bytes), vote.attestation))
})

test('votes point at the head, with index 0 and the target of their epoch', () => {
  const { chain } = createDemoParts()
  const block = chain.propose({ slot: SLOT, blobCommitments: [], attestations: [] })
  const data = chain.attestationData(SLOT)
  assert.deepEqual(data.beaconBlockRoot, block.root)
  assert.equal(data.index, 0)
  assert.equal(data.target.epoch, 1)
  assert.deepEqual(data.source, { epoch: 0, root: new Uint8Array(32) })
})

test('those planned as aggregators are, and their proofs are their own', () => {
  const { chain, keys } = createDemoParts()
  const duty = planCommittee(keys, chain.domains, SLOT, SUBNET)
  assert.ok(duty.aggregators.length > 0 && duty.aggregators.length <= 8)
  const root = signingRoot(ssz.Slot.hashTreeRoot(SLOT), chain.domains.selectionProof)
  for (const { validatorIndex, selectionProof } of duty.aggregators) {
    assert.ok(isAggregator(selectionProof))
    assert.ok(duty.members.includes(validatorIndex))
    assert.ok(verify(root, keys.publicKey(validatorIndex), Signature.fromBytes(selectionProof, true)))
  }
})
