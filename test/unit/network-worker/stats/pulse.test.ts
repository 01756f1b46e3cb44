import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { GossipStats } from '../../../../src/network-worker/stats/gossip-stats.ts'
import { Pulse } from '../../../../src/network-worker/stats/pulse.ts'
import type { PulseEvent } from '../../../../src/rpc/pulse-event.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'

const NETWORK = smallNetwork()
const GAUGES = { peers: 3, blockMeshPeers: 2, topics: 7 }

function scene() {
  const clock = new FakeClock(NETWORK.genesisTimeSeconds * 1000 + 10 * NETWORK.slotDurationMs + 900)
  const stats = new GossipStats()
  const pulses: PulseEvent[] = []
  const pulse = new Pulse({
    clock,
    slotClock: createSlotClock(NETWORK, clock),
    stats,
    gauges: () => GAUGES,
    takeLongestDelayMs: () => 12,
    emit: (event) => pulses.push(event),
  })
  return { clock, stats, pulses, pulse }
}

test('one record a slot, as it begins, and none for the slot in which we started', () => {
  const { clock, pulses, pulse } = scene()
  pulse.start()
  clock.advance(NETWORK.slotDurationMs - 901)
  assert.deepEqual(pulses, [])
  clock.advance(3 * NETWORK.slotDurationMs)
  pulse.stop()
  assert.deepEqual(
    pulses.map(({ slot }) => slot),
    [11, 12, 13],
  )
  for (const { slot, atMs } of pulses) {
    const lateMs = atMs - NETWORK.genesisTimeSeconds * 1000 - slot * NETWORK.slotDurationMs
    assert.equal(lateMs, 0)
  }
})

test('it carries the gauges, totals since start, and latencies of the last slot only', () => {
  const { clock, stats, pulses, pulse } = scene()
  pulse.start()
  stats.onReceived(0, 10)
  stats.onForwarded(0, 2, 10, 8)
  clock.advance(NETWORK.slotDurationMs)
  stats.onReceived(0, 10)
  clock.advance(NETWORK.slotDurationMs)
  pulse.stop()
  const [first, second] = pulses
  assert.deepEqual([first?.peers, first?.blockMeshPeers, first?.topics], [3, 2, 7])
  assert.deepEqual([first?.counters.receivedMessages, second?.counters.receivedMessages], [1, 2])
  assert.ok((first?.forwardP99Ms ?? 0) >= 8 && (first?.forwardP50Ms ?? 0) >= 8)
  assert.equal(second?.forwardP99Ms, 0)
})

test('stop leaves no timer', () => {
  const { clock, pulses, pulse } = scene()
  pulse.start()
  pulse.stop()
  clock.advance(10 * NETWORK.slotDurationMs)
  assert.equal(pulses.length + clock.pending, 0)
})
