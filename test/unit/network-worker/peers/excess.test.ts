import assert from 'node:assert/strict'
import { test } from 'node:test'
import { excessPeers, type PeerStanding } from '../../../../src/network-worker/peers/excess.ts'

const MAX_LATENCY_MS = 150

function standing(peerId: string, overrides: Partial<PeerStanding> = {}): PeerStanding {
  const { rttMs = 50 } = overrides
  return { peerId, direction: 'inbound', score: 0, rttMs, blockRttMs: rttMs, rttVerified: true, value: 0, ...overrides }
}

/** `count` near peers of good standing that dialled us. */
function bystanders(count: number): readonly PeerStanding[] {
  return Array.from({ length: count }, (_, index) => standing(`bystander ${index}`, { rttMs: 1 }))
}

test('at the target or below it nobody goes, however poor', () => {
  const poor = standing('poor', { score: -40, rttMs: 9000 })
  assert.deepEqual(excessPeers([poor], 1, MAX_LATENCY_MS), [])
  assert.deepEqual(excessPeers([poor], 5, MAX_LATENCY_MS), [])
  assert.deepEqual(excessPeers([], 0, MAX_LATENCY_MS), [])
})

test('those of negative score go first, worst first, then those too far, then the slow', () => {
  const candidates = [
    ...bystanders(3),
    standing('slow', { rttMs: 140 }),
    standing('too far', { rttMs: 160 }),
    standing('bad', { score: -1 }),
    standing('farthest', { rttMs: 400, score: 3 }),
    standing('worst', { score: -19 }),
  ]
  const order = ['worst', 'bad', 'farthest', 'too far', 'slow']
  assert.deepEqual(excessPeers(candidates, 3, MAX_LATENCY_MS), order)
  assert.deepEqual(excessPeers(candidates, 6, MAX_LATENCY_MS), order.slice(0, 2))
})

test('a round trip over the limit counts as such only once measured', () => {
  const guessed = standing('guessed', { rttMs: 400, rttVerified: false })
  const measured = standing('measured', { rttMs: 151 })
  assert.deepEqual(excessPeers([guessed, measured], 1, MAX_LATENCY_MS), ['measured'])
  assert.deepEqual(excessPeers([guessed, standing('near')], 1, MAX_LATENCY_MS), ['guessed'])
})

test('a round trip at the limit is not over it', () => {
  const candidates = [standing('useful', { rttMs: 150, value: 1 }), standing('useless', { rttMs: 80 })]
  assert.deepEqual(excessPeers(candidates, 1, MAX_LATENCY_MS), ['useless'])
})

test('a peer of full value may be twice as far as one of none', () => {
  const useful = standing('useful', { rttMs: 99, value: 1 })
  assert.deepEqual(excessPeers([useful, standing('near')], 1, MAX_LATENCY_MS), ['near'])
  const farther = standing('farther', { rttMs: 101, value: 1 })
  assert.deepEqual(excessPeers([farther, standing('near')], 1, MAX_LATENCY_MS), ['farther'])
})

test('peers are compared by the round trip that blocks have, and held to the limit by their own', () => {
  const paced = standing('paced', { rttMs: 40, blockRttMs: 60 })
  assert.deepEqual(excessPeers([paced, standing('near')], 1, MAX_LATENCY_MS), ['paced'])
  const atTheLimit = standing('at the limit', { rttMs: 149, blockRttMs: 220 })
  assert.deepEqual(excessPeers([atTheLimit, standing('over it', { rttMs: 151 })], 1, MAX_LATENCY_MS), ['over it'])
})

test('the outbound share is kept, though its peers are the slowest', () => {
  const outbound = Array.from({ length: 4 }, (_, index) =>
    standing(`out ${index}`, { direction: 'outbound', rttMs: 200 + index }),
  )
  const candidates = [...bystanders(10), ...outbound]
  // Of ten peers three are to be outbound: only the farthest of four may go.
  const dropped = excessPeers(candidates, 10, MAX_LATENCY_MS)
  assert.deepEqual(dropped, ['out 3', 'bystander 0', 'bystander 1', 'bystander 2'])
})

test('a negative score is no place to hide, outbound or not', () => {
  const bad = standing('bad', { direction: 'outbound', score: -5 })
  assert.deepEqual(excessPeers([...bystanders(10), bad], 10, MAX_LATENCY_MS), ['bad'])
})

test('a target of none drops everybody', () => {
  const candidates = [standing('a'), standing('b', { direction: 'outbound' })]
  assert.deepEqual(excessPeers(candidates, 0, MAX_LATENCY_MS), ['a', 'b'])
})
