import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GossipStats } from '../../../../src/network-worker/stats/gossip-stats.ts'
import { ACCEPT } from '../../../../src/network-worker/validation/verdict.ts'

test('every counter starts at zero', () => {
  for (const value of Object.values(new GossipStats().counters())) assert.equal(value, 0)
})

test('messages and bytes are counted as they come, duplicates and drops as they are found', () => {
  const stats = new GossipStats()
  stats.onReceived(0, 100)
  stats.onReceived(0, 50)
  stats.onDuplicate(0)
  stats.onDropped('queue_full', 'attestation')
  const counters = stats.counters()
  assert.equal(counters.receivedMessages, 2)
  assert.equal(counters.receivedBytes, 150)
  assert.equal(counters.duplicateMessages, 1)
  assert.equal(stats.traffic.rows()[0]?.duplicateMessages, 1)
  assert.equal(counters.droppedMessages, 1)
  assert.deepEqual([...stats.drops], [['queue_full:attestation', 1]])
})

test('a message forwarded to three peers counts thrice, with its bytes, and is one latency', () => {
  const stats = new GossipStats()
  stats.onForwarded(0, 3, 200, 4)
  const { forwardedMessages, forwardedBytes } = stats.counters()
  assert.deepEqual([forwardedMessages, forwardedBytes], [3, 600])
  assert.ok(stats.latency.quantile(1) >= 4 && stats.latency.quantile(1) < 4.4)
})

test('verdicts are counted by action, and refusals by reason', () => {
  const stats = new GossipStats()
  stats.onVerdict(ACCEPT)
  stats.onVerdict({ action: 'ignore', reason: 'future_slot' })
  stats.onVerdict({ action: 'ignore', reason: 'future_slot' })
  stats.onVerdict({ action: 'reject', reason: 'snappy_corrupt' })
  const { acceptedMessages, ignoredMessages, rejectedMessages } = stats.counters()
  assert.deepEqual([acceptedMessages, ignoredMessages, rejectedMessages], [1, 2, 1])
  assert.deepEqual(
    [...stats.reasons],
    [
      ['future_slot', 2],
      ['snappy_corrupt', 1],
    ],
  )
})

test('counters are a snapshot that later messages do not change', () => {
  const stats = new GossipStats()
  const before = stats.counters()
  stats.onAcceptedBlock()
  assert.equal(before.acceptedBlocks, 0)
  assert.equal(stats.counters().acceptedBlocks, 1)
})
