import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GOSSIP_KINDS, type GossipKind } from '../../../../../src/consensus/topic-table.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import type { ScoreSetting } from '../../../../../src/network-worker/gossip/score/score-parameters.ts'
import { topicScoreParams } from '../../../../../src/network-worker/gossip/score/topic-score-parameters.ts'
import { assertNear } from '../mesh/near.ts'
import { MAINNET_SCORING } from '../router/router-scene.ts'

const MAINNET: ScoreSetting = { ...MAINNET_SCORING, activeValidators: 1_000_000 }
const MINIMAL: ScoreSetting = {
  slotDurationMs: 6000,
  slotsPerEpoch: 8,
  preset: 'minimal',
  meshN: 10,
  activeValidators: 64,
}
const LATE_SLOT = 10_000_000
const SCORED = [
  'beacon_block',
  'beacon_aggregate_and_proof',
  'beacon_attestation',
  'voluntary_exit',
  'proposer_slashing',
  'attester_slashing',
] as const
type Scored = (typeof SCORED)[number]

function paramsOf(kind: GossipKind, setting = MAINNET, slot = LATE_SLOT) {
  return topicScoreParams({ kind, policy: 'blind' }, setting, slot)
}

function scoredParams(kind: Scored, setting = MAINNET, slot = LATE_SLOT) {
  return paramsOf(kind, setting, slot) ?? assert.fail(`${kind} is scored`)
}

/** reference/scoring.md §3.3: topic weight, P2 decay, cap and weight, P4 weight. */
const FIRST_DELIVERIES: Readonly<Record<Scored, readonly [number, number, number, number, number]>> = {
  beacon_block: [0.5, 0.99283025, 27.894967, 1.43395, -215],
  beacon_aggregate_and_proof: [0.5, 0.86596432, 1554.3125, 0.0257349, -215],
  beacon_attestation: [1 / 64, 0.86596432, 728.584, 0.054901, -6880],
  voluntary_exit: [0.05, 0.99856192, 17.384282, 2.300929, -2150],
  proposer_slashing: [0.05, 0.99856192, 0.869214, 46.018581, -2150],
  attester_slashing: [0.05, 0.99856192, 0.869214, 46.018581, -2150],
}

test('a million validators, mesh of 10: first deliveries and invalid messages of every scored topic', () => {
  for (const kind of SCORED) {
    const [topicWeight, decay, cap, weight, invalidWeight] = FIRST_DELIVERIES[kind]
    const params = scoredParams(kind)
    assert.equal(params.topicWeight, topicWeight)
    assertNear(params.firstMessageDeliveriesDecay, decay, `${kind} P2 decay`)
    assertNear(params.firstMessageDeliveriesCap, cap, `${kind} P2 cap`)
    assertNear(params.firstMessageDeliveriesWeight, weight, `${kind} P2 weight`)
    assertNear(params.invalidMessageDeliveriesWeight, invalidWeight, `${kind} P4 weight`)
    assertNear(params.invalidMessageDeliveriesDecay, 0.99712591, `${kind} P4 decay`)
  }
})

/** The same: P3 decay, threshold, cap, weight, activation in seconds, and the worst it can cost. */
const MESH_DELIVERIES: readonly (readonly [Scored, readonly [number, number, number, number, number, number]])[] = [
  ['beacon_block', [0.97162795, 0.684919, 2.054757, -0.5, 384, -0.117]],
  ['beacon_aggregate_and_proof', [0.93057204, 279.2379, 1116.951602, -0.5, 384, -19_493]],
  ['beacon_attestation', [0.96466162, 266.580517, 4265.288271, -0.015625, 204, -17.35]],
]

test('a million validators: mesh deliveries of blocks, aggregates and attestations', () => {
  for (const [kind, [decay, threshold, cap, weight, activationSeconds, worst]] of MESH_DELIVERIES) {
    const params = scoredParams(kind)
    assertNear(params.meshMessageDeliveriesDecay, decay, `${kind} P3 decay`)
    assertNear(params.meshMessageDeliveriesThreshold, threshold, `${kind} P3 threshold`)
    assertNear(params.meshMessageDeliveriesCap, cap, `${kind} P3 cap`)
    assert.equal(params.meshMessageDeliveriesWeight, weight)
    assert.equal(params.meshMessageDeliveriesActivation, activationSeconds * 1000)
    assert.equal(params.meshMessageDeliveriesWindow, 2000)
    assert.equal(params.meshFailurePenaltyWeight, weight)
    assert.equal(params.meshFailurePenaltyDecay, params.meshMessageDeliveriesDecay)
    assertNear(params.topicWeight * weight * params.meshMessageDeliveriesThreshold ** 2, worst, `${kind} worst`, 0.005)
  }
})

test('exits and slashings are too rare for anything to be expected', () => {
  for (const kind of ['voluntary_exit', 'proposer_slashing', 'attester_slashing'] as const) {
    const params = scoredParams(kind)
    assert.equal(params.meshMessageDeliveriesWeight, 0)
    assert.equal(params.meshMessageDeliveriesThreshold, 0)
    assert.equal(params.meshFailurePenaltyWeight, 0)
  }
})

test('first deliveries of blocks by network load', () => {
  const byLevel: [number, number, number][] = [
    [1, 92.983, 0.430185],
    [2, 69.737, 0.57358],
    [3, 55.79, 0.716975],
    [4, 34.869, 1.14716],
    [8, 17.434, 2.294321],
    [10, 13.947, 2.867901],
    [20, 6.974, 5.735802],
  ]
  for (const [level, cap, weight] of byLevel) {
    const params = scoredParams('beacon_block', { ...MAINNET, meshN: meshParameters(level).meshN })
    assertNear(params.firstMessageDeliveriesCap, cap, `cap at level ${level}`, 1e-4)
    assertNear(params.firstMessageDeliveriesWeight, weight, `weight at level ${level}`)
  }
})

test('the vector of the minimal preset: 64 validators, slot 1000, attestations without bursts', () => {
  const block = scoredParams('beacon_block', MINIMAL, 1000)
  assertNear(block.firstMessageDeliveriesDecay, 0.971628, 'block P2 decay')
  assertNear(block.firstMessageDeliveriesCap, 7.049191, 'block P2 cap')
  assertNear(block.firstMessageDeliveriesWeight, 5.67441, 'block P2 weight')
  assertNear(block.meshMessageDeliveriesDecay, 0.891251, 'block P3 decay')
  assertNear(block.meshMessageDeliveriesThreshold, 0.16391, 'block P3 threshold')
  assert.equal(block.meshMessageDeliveriesCap, 2)
  assertNear(block.invalidMessageDeliveriesDecay, 0.98855309, 'P4 decay')

  const attestation = scoredParams('beacon_attestation', MINIMAL, 1000)
  assertNear(attestation.firstMessageDeliveriesDecay, 0.865964, 'attestation P2 decay')
  assertNear(attestation.firstMessageDeliveriesCap, 0.186518, 'attestation P2 cap')
  assertNear(attestation.firstMessageDeliveriesWeight, 214.457083, 'attestation P2 weight')
  assertNear(attestation.meshMessageDeliveriesDecay, 0.964662, 'attestation P3 decay')
  assertNear(attestation.meshMessageDeliveriesThreshold, 0.068245, 'attestation P3 threshold')
  assert.equal(attestation.meshMessageDeliveriesCap, 2)
  assert.equal(attestation.meshMessageDeliveriesActivation, 144_000)

  const aggregate = scoredParams('beacon_aggregate_and_proof', MINIMAL, 1000)
  const rate = (aggregate.firstMessageDeliveriesCap * (1 - aggregate.firstMessageDeliveriesDecay) * 10) / 2
  assertNear(rate, 8, 'aggregators a slot')
})

test('attestations come in bursts from four committees a slot on', () => {
  const activation = (activeValidators: number): number =>
    scoredParams('beacon_attestation', { ...MAINNET, activeValidators }).meshMessageDeliveriesActivation
  assert.equal(activation(4 * 128 * 32), 204_000)
  assert.equal(activation(4 * 128 * 32 - 1), 3 * 384_000)
})

test('with the validators unknown: blocks are expected, attestations and aggregates are not, P2 assumes a million', () => {
  const unknown = { ...MAINNET, activeValidators: null }
  assert.deepEqual(paramsOf('beacon_block', unknown), paramsOf('beacon_block'))
  for (const kind of ['beacon_aggregate_and_proof', 'beacon_attestation'] as const) {
    const params = scoredParams(kind, unknown)
    assert.equal(params.meshMessageDeliveriesThreshold, 0)
    assert.equal(params.meshMessageDeliveriesWeight, 0)
    assert.equal(params.meshFailurePenaltyWeight, 0)
    assert.equal(params.firstMessageDeliveriesCap, scoredParams(kind).firstMessageDeliveriesCap)
    assert.equal(params.meshMessageDeliveriesCap, scoredParams(kind).meshMessageDeliveriesCap, 'still counted')
  }
})

test('a network younger than the decay expects nothing yet, and forgets no failure', () => {
  const slots: [Scored, number][] = [
    ['beacon_block', 160],
    ['beacon_aggregate_and_proof', 64],
    ['beacon_attestation', 128],
  ]
  for (const [kind, decaySlots] of slots) {
    for (const slot of [-5, 0, decaySlots]) {
      const young = scoredParams(kind, MAINNET, slot)
      assert.equal(young.meshMessageDeliveriesThreshold, 0, `${kind} at ${slot}`)
      assert.equal(young.meshMessageDeliveriesWeight, 0)
      assert.equal(young.meshFailurePenaltyWeight, -young.topicWeight)
    }
    assert.deepEqual(scoredParams(kind, MAINNET, decaySlots + 1), scoredParams(kind))
  }
})

test('without checks, messages are accepted too: the same is expected of peers', () => {
  for (const kind of SCORED) {
    assert.deepEqual(topicScoreParams({ kind, policy: 'none' }, MAINNET, LATE_SLOT), paramsOf(kind))
  }
})

test('where messages wait for others, some are left at ignore: no deliveries are expected of peers', () => {
  for (const kind of SCORED) {
    const params = topicScoreParams({ kind, policy: 'corroborate(2)' }, MAINNET, LATE_SLOT)
    assert.equal(params?.meshMessageDeliveriesWeight, 0)
    assert.deepEqual(topicScoreParams({ kind, policy: 'strict' }, MAINNET, LATE_SLOT), paramsOf(kind))
  }
})

test('time in mesh is worth 10 after an hour', () => {
  const params = scoredParams('beacon_block')
  assert.equal(params.timeInMeshQuantum, 12_000)
  assert.equal(params.timeInMeshCap, 300)
  assertNear(params.timeInMeshWeight, 1 / 30, 'P1 weight')
})

test('kinds that no client scores have no parameters', () => {
  const scored: readonly string[] = SCORED
  const unscored = GOSSIP_KINDS.filter((kind) => !scored.includes(kind))
  assert.ok(unscored.includes('data_column_sidecar') && unscored.includes('sync_committee'))
  for (const kind of unscored) assert.equal(paramsOf(kind), undefined, kind)
})

test('short slots and any number of validators keep decays inside (0, 1) and every number finite', () => {
  for (const activeValidators of [1, 31, 4096, 10_000_000]) {
    const short: ScoreSetting = { slotDurationMs: 400, slotsPerEpoch: 8, preset: 'minimal', meshN: 3, activeValidators }
    for (const kind of SCORED) {
      const params = scoredParams(kind, short)
      for (const value of Object.values(params)) assert.ok(Number.isFinite(value), kind)
      for (const decay of [params.firstMessageDeliveriesDecay, params.invalidMessageDeliveriesDecay]) {
        assert.ok(decay > 0 && decay < 1, `${kind}: ${decay}`)
      }
      assert.ok(params.meshMessageDeliveriesThreshold <= params.meshMessageDeliveriesCap)
    }
  }
})
