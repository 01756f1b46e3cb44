import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  guessRtt,
  newPeerRecord,
  type PeerRecord,
  recordRtt,
} from '../../../../src/network-worker/peers/peer-record.ts'

function rtt({ rttMs, bestRttMs, rttVerified }: PeerRecord) {
  return [rttMs, bestRttMs, rttVerified]
}

function record(): PeerRecord {
  return newPeerRecord('peer', '/ip4/10.0.0.1/tcp/9000', 'outbound')
}

test('before the first PONG both figures are the handshake time, unverified', () => {
  const peer = record()
  guessRtt(peer, 40)
  assert.deepEqual(rtt(peer), [40, 40, false])
  guessRtt(peer, 90)
  assert.deepEqual(rtt(peer), [90, 90, false])
})

test('the first PONG replaces the guess, even when it is slower', () => {
  const peer = record()
  guessRtt(peer, 40)
  recordRtt(peer, 55)
  assert.deepEqual(rtt(peer), [55, 55, true])
})

test('from then on the latest is shown and the best is kept', () => {
  const peer = record()
  for (const ms of [55, 30, 80]) recordRtt(peer, ms)
  assert.deepEqual(rtt(peer), [80, 30, true])
})

test('a guess never overwrites a measured figure', () => {
  const peer = record()
  recordRtt(peer, 30)
  guessRtt(peer, 1)
  assert.deepEqual(rtt(peer), [30, 30, true])
})
