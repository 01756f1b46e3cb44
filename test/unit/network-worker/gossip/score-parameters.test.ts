import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GOSSIP_KINDS } from '../../../../src/consensus/topic-table.ts'
import {
  peerScoreParams,
  SCORE_THRESHOLDS,
  type ScoreSetting,
  topicScoreParams,
} from '../../../../src/network-worker/gossip/score-parameters.ts'

/** Mainnet with the mesh of network load 5. */
const MAINNET: ScoreSetting = { slotDurationMs: 12_000, slotsPerEpoch: 32, meshN: 10 }
const RELATIVE_TOLERANCE = 1e-5
const SCORED = [
  'beacon_block',
  'beacon_aggregate_and_proof',
  'beacon_attestation',
  'voluntary_exit',
  'proposer_slashing',
  'attester_slashing',
] as const

/**
 * Published vectors of the scoring formulas for 1,000,000 validators and a mesh of 10: topic weight, P2 decay, cap and
 * weight, P4 weight.
 */
const VECTORS: Readonly<Record<(typeof SCORED)[number], readonly [number, number, number, number, number]>> = {
  beacon_block: [0.5, 0.99283025, 27.894967, 1.43395, -215],
  beacon_aggregate_and_proof: [0.5, 0.86596432, 1554.3125, 0.0257349, -215],
  beacon_attestation: [1 / 64, 0.86596432, 728.584, 0.054901, -6880],
  voluntary_exit: [0.05, 0.99856192, 17.384282, 2.300929, -2150],
  proposer_slashing: [0.05, 0.99856192, 0.869214, 46.018581, -2150],
  attester_slashing: [0.05, 0.99856192, 0.869214, 46.018581, -2150],
}

function assertNear(actual: number | undefined, expected: number, what: string): void {
  assert.ok(actual !== undefined, `${what} is missing`)
  const error = Math.abs(actual - expected) / Math.abs(expected)
  assert.ok(error <= RELATIVE_TOLERANCE, `${what}: ${actual}, expected ${expected}`)
}

test('first-delivery and invalid-message parameters meet the vectors of every scored topic', () => {
  for (const kind of SCORED) {
    const [topicWeight, decay, cap, weight, invalidWeight] = VECTORS[kind]
    const params = topicScoreParams(kind, MAINNET)
    assert.equal(params?.topicWeight, topicWeight)
    assertNear(params?.firstMessageDeliveriesDecay, decay, `${kind} P2 decay`)
    assertNear(params?.firstMessageDeliveriesCap, cap, `${kind} P2 cap`)
    assertNear(params?.firstMessageDeliveriesWeight, weight, `${kind} P2 weight`)
    assertNear(params?.invalidMessageDeliveriesWeight, invalidWeight, `${kind} P4 weight`)
    assertNear(params?.invalidMessageDeliveriesDecay, 0.99712591, `${kind} P4 decay`)
  }
})

test('time in mesh is worth 10 after an hour', () => {
  const params = topicScoreParams('beacon_block', MAINNET)
  assert.equal(params?.timeInMeshQuantum, 12_000)
  assert.equal(params?.timeInMeshCap, 300)
  assertNear(params?.timeInMeshWeight, 1 / 30, 'P1 weight')
})

test('mesh delivery deficits cost nothing on any topic', () => {
  for (const kind of SCORED) {
    const params = topicScoreParams(kind, MAINNET)
    assert.equal(params?.meshMessageDeliveriesWeight, 0)
    assert.equal(params?.meshFailurePenaltyWeight, 0)
  }
})

test('kinds that no client scores have no parameters', () => {
  const scored: readonly string[] = SCORED
  const unscored = GOSSIP_KINDS.filter((kind) => !scored.includes(kind))
  assert.ok(unscored.includes('data_column_sidecar') && unscored.includes('sync_committee'))
  for (const kind of unscored) assert.equal(topicScoreParams(kind, MAINNET), undefined, kind)
})

test('global parameters: decay, retention, topic cap, behaviour and colocation penalties', () => {
  const params = peerScoreParams(MAINNET, new Set())
  assert.equal(params.decayInterval, 12_000)
  assert.equal(params.decayToZero, 0.01)
  assert.equal(params.retainScore, 38_400_000)
  assert.equal(params.topicScoreCap, 53.75)
  assert.equal(params.behaviourPenaltyThreshold, 6)
  assertNear(params.behaviourPenaltyDecay, 0.9857119, 'P7 decay')
  assertNear(params.behaviourPenaltyWeight, -15.879335, 'P7 weight')
  assert.equal(params.IPColocationFactorThreshold, 8)
  assert.equal(params.IPColocationFactorWeight, -53.75)
})

test('thresholds are those every client uses', () => {
  assert.deepEqual(SCORE_THRESHOLDS, {
    gossipThreshold: -4000,
    publishThreshold: -8000,
    graylistThreshold: -16_000,
    acceptPXThreshold: 100,
    opportunisticGraftThreshold: 5,
  })
})

test('a larger mesh lowers the cap of first deliveries and raises their weight alike', () => {
  const small = topicScoreParams('beacon_block', { ...MAINNET, meshN: 5 })
  const large = topicScoreParams('beacon_block', { ...MAINNET, meshN: 40 })
  assertNear(small?.firstMessageDeliveriesCap, 278.94967 / 5, 'cap at 5')
  assertNear(large?.firstMessageDeliveriesCap, 278.94967 / 40, 'cap at 40')
  for (const params of [small, large]) {
    assertNear((params?.firstMessageDeliveriesCap ?? 0) * (params?.firstMessageDeliveriesWeight ?? 0), 40, 'P2 maximum')
  }
})

test('short slots keep every decay inside (0, 1) and every number finite', () => {
  const short: ScoreSetting = { slotDurationMs: 400, slotsPerEpoch: 8, meshN: 3 }
  assert.equal(peerScoreParams(short, new Set()).decayInterval, 1000)
  for (const kind of SCORED) {
    const params = topicScoreParams(kind, short)
    assert.ok(params !== undefined)
    for (const value of Object.values(params)) assert.ok(Number.isFinite(value), kind)
    for (const decay of [params.firstMessageDeliveriesDecay, params.invalidMessageDeliveriesDecay]) {
      assert.ok(decay > 0 && decay < 1, `${kind}: ${decay}`)
    }
  }
})
