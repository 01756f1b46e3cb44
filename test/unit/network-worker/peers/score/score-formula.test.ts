import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  combinedScore,
  decayedScore,
  MAX_PEER_SCORE,
  MIN_PEER_SCORE,
  type PeerAction,
  type ScoreState,
  scoreAfterAction,
  scoreState,
  weightedGossipScore,
} from '../../../../../src/network-worker/peers/score/score-formula.ts'

test('gossip scores weigh 19/16000', () => {
  const rows: readonly (readonly [number, number])[] = [
    [0, 0],
    [-200, -0.2375],
    [-1000, -1.1875],
    [-16_000, -19],
    [1000, 1.1875],
  ]
  for (const [gossip, weighted] of rows) assert.equal(weightedGossipScore(gossip), weighted)
  assert.ok(Math.abs(weightedGossipScore(53.75) - 0.0638) < 5e-5)
})

test('each action takes its points, and a fatal one sets the minimum', () => {
  const rows: readonly (readonly [number, PeerAction, number])[] = [
    [0, 'high', -1],
    [0, 'mid', -5],
    [0, 'low', -10],
    [0, 'fatal', -100],
    [50, 'fatal', -100],
    [-95, 'low', -100],
    [-100, 'high', -100],
  ]
  for (const [before, action, after] of rows) assert.equal(scoreAfterAction(before, action), after)
})

test('a score halves in 600 s', () => {
  assert.equal(decayedScore(-10, 600_000), -5)
  assert.ok(Math.abs(decayedScore(-10, 60_000) - -9.3303) < 5e-5)
  assert.equal(decayedScore(-100, 0), -100)
  assert.equal(decayedScore(80, 1_200_000), 20)
})

test('before its anchor a score is as it was', () => {
  assert.equal(decayedScore(-100, -43_200_000), -100)
})

test('two scores give a state', () => {
  const rows: readonly (readonly [string, number, number, ScoreState])[] = [
    ['nothing', 0, 0, 'healthy'],
    ['above the disconnect threshold', -19.999, 0, 'healthy'],
    ['at it', -20, 0, 'forced_disconnect'],
    ['between the two', -49.999, 0, 'forced_disconnect'],
    ['at the ban threshold', -50, 0, 'banned'],
    ['graylisted and nothing else', 0, -16_000, 'healthy'],
    ['graylisted, a little short of the threshold', -0.9999, -16_000, 'healthy'],
    ['graylisted, at exactly -1', -1, -16_000, 'forced_disconnect'],
    ['graylisted, at -1.0001', -1.0001, -16_000, 'forced_disconnect'],
    ['graylisted, at -32', -32, -16_000, 'banned'],
    ['gossip alone disconnects', 0, -16_843, 'forced_disconnect'],
    ['gossip alone does not yet ban', 0, -42_105, 'forced_disconnect'],
    ['gossip alone bans', 0, -42_106, 'banned'],
    ['good gossip saves a peer from the ban', -50, 53.75, 'forced_disconnect'],
    ['but not at -60', -60, 50, 'banned'],
    ['nor with a gossip score that makes it healthy', -60, 100_000, 'banned'],
  ]
  for (const [name, peer, gossip, state] of rows) assert.equal(scoreState(peer, gossip), state, name)
})

test('any actions and waits keep a score in its bounds, and worse scores have no better state', () => {
  const severity: Record<ScoreState, number> = { healthy: 0, forced_disconnect: 1, banned: 2 }
  const action = fc.constantFrom<PeerAction>('fatal', 'low', 'mid', 'high')
  const steps = fc.array(fc.tuple(action, fc.integer({ min: -1e6, max: 1e8 })))
  fc.assert(
    fc.property(steps, fc.integer({ min: -60_000, max: 60 }), (taken, gossip) => {
      let score = 0
      for (const [name, ms] of taken) {
        const worse = scoreAfterAction(score, name)
        assert.ok(worse <= score)
        assert.ok(severity[scoreState(worse, gossip)] >= severity[scoreState(score, gossip)])
        assert.equal(combinedScore(worse, 0), worse)
        score = decayedScore(worse, ms)
        assert.ok(score >= MIN_PEER_SCORE && score <= MAX_PEER_SCORE)
      }
    }),
  )
})
