import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DemoPulse } from '../../../src/main/demo-pulse.ts'
import type { CountersView, PulseEvent } from '../../../src/rpc/pulse-event.ts'
import type { SwarmReport } from '../../../src/shared/demo-messages.ts'

function pulse(slot: number, counters: Partial<CountersView>): PulseEvent {
  return {
    slot,
    atMs: slot * 4000,
    peers: 8,
    blockMeshPeers: 7,
    topics: 13,
    counters: {
      receivedMessages: 0,
      receivedBytes: 0,
      duplicateMessages: 0,
      forwardedMessages: 0,
      forwardedBytes: 0,
      acceptedMessages: 0,
      ignoredMessages: 0,
      rejectedMessages: 0,
      droppedMessages: 0,
      acceptedBlocks: 0,
      ...counters,
    },
    forwardP50Ms: 0.5,
    forwardP99Ms: 1.25,
    loopDelayMaxMs: 12,
  }
}

function report(slot: number, totals: Partial<SwarmReport>): SwarmReport {
  return {
    slot,
    connectedPeers: 8,
    publishedMessages: 0,
    expectedDeliveries: 0,
    deliveredMessages: 0,
    hasColumns: true,
    ...totals,
  }
}

test('a line tells peers, messages since the line before, and latency', () => {
  const demo = new DemoPulse()
  demo.line(pulse(4, { receivedMessages: 100, duplicateMessages: 50, forwardedMessages: 300 }))
  const line = demo.line(pulse(5, { receivedMessages: 270, duplicateMessages: 135, forwardedMessages: 895 }))
  assert.match(line, /slot +5 \| peers 8, block mesh 7 \| in 170 \(85 duplicates\) \| out 595 \| forward p99 1\.3 ms/)
})

test("the swarm's share is that of its last slot", () => {
  const demo = new DemoPulse()
  assert.match(demo.line(pulse(4, {})), /has not published yet/)
  demo.report(report(4, { expectedDeliveries: 100, deliveredMessages: 50, hasColumns: false }))
  assert.match(demo.line(pulse(5, {})), /swarm received 50\.0 %, blobs still being computed/)
  demo.report(report(5, { expectedDeliveries: 300, deliveredMessages: 250 }))
  assert.match(demo.line(pulse(6, {})), /swarm received 100\.0 %$/)
})

test('rejected and dropped messages are shown when there are any', () => {
  const demo = new DemoPulse()
  assert.doesNotMatch(demo.line(pulse(4, {})), /rejected/)
  assert.match(demo.line(pulse(5, { rejectedMessages: 2, droppedMessages: 3 })), /rejected 2, dropped 3$/)
})
