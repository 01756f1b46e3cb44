import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTooSlow } from '../../../../src/network-worker/peers/latency.ts'

const MAX_LATENCY_MS = 150

test('a verified best round trip over the limit is too slow once two pings have ended', () => {
  const pings = { rttVerified: true, bestRttMs: 151, pingsSent: 2, pingInFlight: false }
  assert.equal(isTooSlow(pings, MAX_LATENCY_MS), true)
  assert.equal(isTooSlow({ ...pings, bestRttMs: 150 }, MAX_LATENCY_MS), false)
})

test('one slow sample does not evict, not even while the second ping is in flight', () => {
  const pings = { rttVerified: true, bestRttMs: 900, pingsSent: 1, pingInFlight: false }
  assert.equal(isTooSlow(pings, MAX_LATENCY_MS), false)
  assert.equal(isTooSlow({ ...pings, pingsSent: 2, pingInFlight: true }, MAX_LATENCY_MS), false)
  assert.equal(isTooSlow({ ...pings, pingsSent: 3, pingInFlight: true }, MAX_LATENCY_MS), true)
})

test('a peer that never answered is too slow after two pings, whatever its handshake suggested', () => {
  const pings = { rttVerified: false, bestRttMs: 3, pingsSent: 2, pingInFlight: false }
  assert.equal(isTooSlow(pings, MAX_LATENCY_MS), true)
  assert.equal(isTooSlow({ ...pings, pingInFlight: true }, MAX_LATENCY_MS), false)
  assert.equal(isTooSlow({ ...pings, pingsSent: 0 }, MAX_LATENCY_MS), false)
})

test('a slow handshake is no measurement', () => {
  const pings = { rttVerified: false, bestRttMs: 5000, pingsSent: 1, pingInFlight: false }
  assert.equal(isTooSlow(pings, MAX_LATENCY_MS), false)
})

test('a near peer that misses pings is not too slow: silence is judged elsewhere', () => {
  const pings = { rttVerified: true, bestRttMs: 20, pingsSent: 9, pingInFlight: false }
  assert.equal(isTooSlow(pings, MAX_LATENCY_MS), false)
})
