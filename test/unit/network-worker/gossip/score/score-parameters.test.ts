import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peerScoreParams, SCORE_THRESHOLDS } from '../../../../../src/network-worker/gossip/score/score-parameters.ts'
import { assertNear } from '../mesh/near.ts'
import { MAINNET_SCORING } from '../router/router-scene.ts'

test('global parameters: decay, retention, topic cap, behaviour and colocation penalties', () => {
  const params = peerScoreParams(MAINNET_SCORING, new Set())
  assert.equal(params.decayInterval, 12_000)
  assert.equal(params.decayToZero, 0.01)
  assert.equal(params.retainScore, 38_400_000)
  assert.equal(params.topicScoreCap, 53.75)
  assert.equal(params.appSpecificWeight, 1)
  assert.equal(params.behaviourPenaltyThreshold, 6)
  assertNear(params.behaviourPenaltyDecay, 0.9857119, 'P7 decay')
  assertNear(params.behaviourPenaltyWeight, -15.879335, 'P7 weight')
  assert.equal(params.IPColocationFactorThreshold, 8)
  assert.equal(params.IPColocationFactorWeight, -53.75)
})

test('global parameters of the minimal preset', () => {
  const params = peerScoreParams({ slotDurationMs: 6000, slotsPerEpoch: 8 }, new Set())
  assert.equal(params.decayInterval, 6000)
  assert.equal(params.retainScore, 4_800_000)
  assertNear(params.behaviourPenaltyDecay, 0.94406088, 'P7 decay')
  assertNear(params.behaviourPenaltyWeight, -14.971037, 'P7 weight')
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

test('gossipsub takes no decay interval below a second', () => {
  assert.equal(peerScoreParams({ slotDurationMs: 400, slotsPerEpoch: 8 }, new Set()).decayInterval, 1000)
})
