import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { CommitteeEvidence } from '../../../../src/network-worker/validation/committee-evidence.ts'
import { type JudgeScene, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { electraAggregate, singleAttestation } from './vote-values.ts'

const SLOT = slotOf('fulu')
/** Enough for 64 committees a slot, so that each has the subnet of its number. */
const MANY = 1_000_000

/** The verdict on a vote of a committee in `slot` on a subnet. */
function voteOn(scene: JudgeScene, slot: number, committee: number, subnet: number): string {
  const vote = singleAttestation(slot)
  vote.committeeIndex = committee
  const judge = scene.judgeOf(`beacon_attestation_${subnet}`, 'fulu')
  const verdict = judge.examine(ssz.electra.SingleAttestation.serialize(vote))
  return verdict.action === 'pass' ? 'pass' : verdict.reason
}

test('a number of validators that is far too large holds nothing against honest votes', () => {
  // A network with one committee a slot, whose operator has taken the number from mainnet.
  const start = SLOT - (SLOT % SLOTS_PER_EPOCH)
  const scene = sceneAt(start + SLOTS_PER_EPOCH - 1, 100, { activeValidators: MANY, votesBefore: 0 })
  for (let round = 0; round < 20; round++) {
    for (let slot = start; slot < start + SLOTS_PER_EPOCH; slot++) {
      assert.equal(voteOn(scene, slot, 0, slot - start), 'pass')
    }
  }
})

test('a number that is far too small holds nothing against honest votes and aggregates', () => {
  const scene = sceneAt(SLOT, 100, { activeValidators: 1000, votesBefore: 0 })
  const judge = scene.judgeOf('beacon_aggregate_and_proof', 'fulu')
  const aggregate = ssz.electra.SignedAggregateAndProof.serialize(electraAggregate(SLOT))
  for (let round = 0; round < 20; round++) {
    for (let committee = 0; committee < 64; committee++) {
      assert.equal(voteOn(scene, SLOT, committee, committee), 'pass')
      assert.equal(judge.examine(aggregate).action, 'pass')
    }
  }
})

test('once votes bear the number out, one that does not fit is rejected; a flood of them only makes us doubt', () => {
  const scene = sceneAt(SLOT, 100, { activeValidators: MANY, votesBefore: 0 })
  for (let vote = 0; vote < 64; vote++) {
    // One that does not fit is no evidence either way while nothing is known.
    if (vote === 10) assert.equal(voteOn(scene, SLOT, 5, 6), 'pass')
    assert.equal(voteOn(scene, SLOT, vote, vote), 'pass')
  }
  const verdicts = Array.from({ length: 8 }, () => voteOn(scene, SLOT, 5, 6))
  assert.deepEqual(verdicts, [...new Array(7).fill('wrong_subnet'), 'pass'])
  for (let vote = 0; vote < 64; vote++) voteOn(scene, SLOT, vote, vote)
  assert.equal(voteOn(scene, SLOT, 5, 6), 'wrong_subnet')
})

test('committees that no network has are rejected without any evidence', () => {
  const scene = sceneAt(SLOT, 100, { activeValidators: MANY, votesBefore: 0 })
  assert.equal(voteOn(scene, SLOT, 64, 0), 'bad_committee')
})

test('evidence is of one number, and of late', () => {
  const evidence = new CommitteeEvidence()
  const note = (committees: number, fits: boolean, times: number): void => {
    for (let i = 0; i < times; i++) evidence.note(committees, fits)
  }
  assert.equal(evidence.bearsOut(64), false)
  note(64, true, 63)
  assert.equal(evidence.bearsOut(64), false)
  note(64, true, 1)
  assert.equal(evidence.bearsOut(64), true)
  assert.equal(evidence.bearsOut(63), false)
  note(64, true, 1_000_000)
  note(64, false, 200)
  assert.equal(evidence.bearsOut(64), false, 'a million votes of old weigh no more than a few hundred')
  note(64, true, 2000)
  assert.equal(evidence.bearsOut(64), true)
  note(63, true, 10)
  assert.equal(evidence.bearsOut(64), false, 'the number has changed')
})

test('only votes on subnets are evidence', () => {
  const scene = sceneAt(SLOT, 100, { activeValidators: MANY, votesBefore: 0 })
  const topic: GossipName = 'beacon_aggregate_and_proof'
  const bytes = ssz.electra.SignedAggregateAndProof.serialize(electraAggregate(SLOT))
  const judge = scene.judgeOf(topic, 'fulu')
  for (let i = 0; i < 200; i++) assert.equal(judge.examine(bytes).action, 'pass')
  assert.equal(scene.tierZero.committees.bearsOut(64), false)
})
