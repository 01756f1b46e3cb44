import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { IGNORE_REASONS, REJECT_REASONS } from '../../../../src/network-worker/validation/verdict.ts'
import { sceneAt, slotOf } from './judge-scene.ts'
import {
  committeeAttestation,
  contribution,
  electraAggregate,
  phase0Aggregate,
  singleAttestation,
  syncMessage,
} from './vote-values.ts'

interface Sample {
  readonly topic: GossipName
  readonly fork: ForkName
  readonly bytes: Uint8Array
}

const SAMPLES: readonly Sample[] = [
  {
    topic: 'beacon_attestation_5',
    fork: 'deneb',
    bytes: ssz.phase0.Attestation.serialize(committeeAttestation(slotOf('deneb'))),
  },
  {
    topic: 'beacon_attestation_5',
    fork: 'fulu',
    bytes: ssz.electra.SingleAttestation.serialize(singleAttestation(slotOf('fulu'))),
  },
  {
    topic: 'beacon_aggregate_and_proof',
    fork: 'capella',
    bytes: ssz.phase0.SignedAggregateAndProof.serialize(phase0Aggregate(slotOf('capella'))),
  },
  {
    topic: 'beacon_aggregate_and_proof',
    fork: 'fulu',
    bytes: ssz.electra.SignedAggregateAndProof.serialize(electraAggregate(slotOf('fulu'))),
  },
  {
    topic: 'sync_committee_1',
    fork: 'fulu',
    bytes: ssz.altair.SyncCommitteeMessage.serialize(syncMessage(slotOf('fulu'))),
  },
  {
    topic: 'sync_committee_contribution_and_proof',
    fork: 'fulu',
    bytes: ssz.altair.SignedContributionAndProof.serialize(contribution(slotOf('fulu'))),
  },
  { topic: 'payload_attestation_message', fork: 'gloas', bytes: new Uint8Array(146) },
]

/** A sample with some of its bytes set, and cut or made longer. */
const damaged = fc
  .record({
    sample: fc.constantFrom(...SAMPLES),
    edits: fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 6 }),
    length: fc.option(fc.nat(600), { freq: 3 }),
  })
  .map(({ sample, edits, length }) => {
    const bytes = new Uint8Array(length ?? sample.bytes.length)
    bytes.set(sample.bytes.subarray(0, bytes.length))
    for (const [at, byte] of edits) if (at < bytes.length) bytes[at] = byte
    return { ...sample, bytes }
  })

const noise = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.uint8Array({ maxLength: 600 }))
  .map(([sample, bytes]) => ({ ...sample, bytes }))

test('whatever the bytes, a verdict comes that fits its reason, and the same bytes have the same one', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, noise), fc.integer({ min: -70, max: 70 }), ({ topic, fork, bytes }, slots) => {
      const judge = sceneAt(slotOf(fork) + slots, 100, { activeValidators: 1_000_000 }).judgeOf(topic, fork)
      const examined = judge.examine(bytes)
      assert.deepEqual(judge.examine(bytes), examined)
      const verdict = judge.judgeUnverified(bytes)
      if (examined.action === 'pass') {
        assert.ok(verdict.action === 'accept' || verdict.action === 'ignore')
        return
      }
      assert.deepEqual(verdict, examined)
      const reasons: readonly string[] = examined.action === 'ignore' ? IGNORE_REASONS : REJECT_REASONS
      assert.ok(reasons.includes(examined.reason))
    }),
    { numRuns: 2000 },
  )
})

test('no clock makes an honest vote one that is held against its sender', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.integer({ min: -200, max: 200 }), ({ topic, fork, bytes }, slots) => {
      const judge = sceneAt(slotOf(fork) + slots, 0, { activeValidators: 1_000_000 }).judgeOf(topic, fork)
      assert.notEqual(judge.examine(bytes).action, 'reject')
    }),
  )
})
