import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { compressBlock } from '../../../../src/consensus/snappy/snappy-block.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { EventsRoom } from '../../../../src/network-worker/events/events-room.ts'
import type { TopicContext } from '../../../../src/network-worker/gossip/topics/topic-directory.ts'
import type { ArrivalView } from '../../../../src/rpc/block-views.ts'
import type { EventTopic, StreamBatch } from '../../../../src/rpc/gossip-events.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { relayNetwork } from '../../../support/relay-config.ts'

const entry = createForkSchedule(relayNetwork()).at(0)

function contextOf(name: string): TopicContext {
  const topic = formatTopic(entry.digestHex, name)
  const parsed = parseTopic(topic) ?? assert.fail(topic)
  return { topic, parsed, entry, minSszBytes: 1, maxSszBytes: 1_000_000, policy: 'blind' }
}

const votes = contextOf('beacon_attestation_3')
const exits = contextOf('voluntary_exit')
const vote = compressBlock(ssz.electra.SingleAttestation.serialize(ssz.electra.SingleAttestation.defaultValue()))
const exit = compressBlock(ssz.phase0.SignedVoluntaryExit.serialize(ssz.phase0.SignedVoluntaryExit.defaultValue()))

/** A clock whose wall time is set, as by an operator. */
class SteppedClock extends FakeClock {
  stepMs = 0
  override nowMs(): number {
    return super.nowMs() + this.stepMs
  }
}

function scene() {
  const clock = new SteppedClock(1_700_000_000_000)
  const batches: StreamBatch[] = []
  const room = new EventsRoom({
    ...{ preset: 'mainnet', clock },
    slotClock: { slotStartMs: () => 1_700_000_000_000 - 1_500 },
    emit: (batch) => void batches.push(batch),
  })
  const told = (topic: EventTopic): number =>
    batches.flatMap(({ events }) => events).filter((event) => event.topic === topic).length
  const dropped = (topic: EventTopic): number => batches.reduce((sum, batch) => sum + (batch.dropped[topic] ?? 0), 0)
  return { clock, batches, room, told, dropped }
}

test('objects are decoded only while somebody subscribes to their topic', () => {
  const { clock, room, told } = scene()
  const pass = (): void => {
    for (let i = 0; i < 10; i++) {
      room.onPassed(votes, vote)
      room.onPassed(exits, exit)
    }
    clock.advance(100)
  }
  pass()
  assert.equal(room.decoded, 0)
  assert.equal(clock.pending, 0)
  room.subscribe(['voluntary_exit'])
  pass()
  assert.deepEqual([room.decoded, told('voluntary_exit'), told('single_attestation')], [10, 10, 0])
  room.subscribe(['single_attestation'])
  pass()
  assert.deepEqual([room.decoded, told('voluntary_exit'), told('single_attestation')], [20, 10, 10])
  room.subscribe([])
  pass()
  assert.equal(room.decoded, 20)
  assert.equal(clock.pending, 0)
})

test('a subscription that is not made again ends by itself after ten seconds', () => {
  const { clock, room, told } = scene()
  room.subscribe(['voluntary_exit'])
  clock.advance(9_000)
  room.onPassed(exits, exit)
  clock.advance(500)
  room.subscribe(['voluntary_exit'])
  clock.advance(9_900)
  room.onPassed(exits, exit)
  clock.advance(50)
  assert.equal(told('voluntary_exit'), 2)
  clock.advance(200)
  room.onPassed(exits, exit)
  clock.advance(1_000)
  assert.equal(told('voluntary_exit'), 2)
  assert.equal(clock.pending, 0)
})

test('a flood of votes is told at a bounded rate, the rest is counted, and other objects come first', () => {
  const { clock, batches, room, told, dropped } = scene()
  room.subscribe(['single_attestation', 'voluntary_exit'])
  for (let i = 0; i < 5_000; i++) room.onPassed(votes, vote)
  room.onPassed(exits, exit)
  clock.advance(50)
  assert.equal(batches[0]?.events[0]?.topic, 'voluntary_exit')
  assert.equal(batches[0]?.events.length, 33)
  clock.advance(2_000)
  assert.equal(told('single_attestation') + dropped('single_attestation'), 5_000)
  assert.equal(told('single_attestation'), 512)
  assert.equal(dropped('voluntary_exit'), 0)
})

test('what is handed over may change afterwards: the room has a copy', () => {
  const { clock, batches, room } = scene()
  room.subscribe(['voluntary_exit'])
  const data = Uint8Array.from(exit)
  room.onPassed(exits, data)
  data.fill(0xff)
  clock.advance(50)
  assert.equal(batches[0]?.events.length, 1)
})

test('a block is told thrice: with its root, as not executed, and with how it came', () => {
  const { clock, batches, room } = scene()
  room.subscribe(['block', 'block_gossip', 'block_arrival'])
  const arrival: ArrivalView = {
    ...{ slot: 9, block_root: '0xabcd', proposer_index: 1, first_peer_id: '16Uiu', client: 'teku/1' },
    ...{ rtt_ms: 12, arrived_unix_ms: 1_700_000_000_000, ms_into_slot: 1500, later_peers: 0 },
  }
  room.onBlock(arrival, 0.25)
  clock.advance(50)
  const told = batches[0]?.events.map(({ topic, data }) => [topic, JSON.parse(data)])
  assert.deepEqual(told, [
    ['block_gossip', { slot: '9', block: '0xabcd' }],
    ['block', { slot: '9', block: '0xabcd', execution_optimistic: true }],
    [
      'block_arrival',
      {
        ...{ slot: '9', block_root: '0xabcd', first_peer_id: '16Uiu', client: 'teku/1', rtt_ms: 12 },
        ...{ arrived_unix_ns: '1700000000000250000', ms_into_slot: 1500.25 },
      },
    ],
  ])
})

test('when a block came is right from the first one on, however the clock was set while nobody subscribed', () => {
  for (const stepMs of [-60_000, 60_000]) {
    const { clock, batches, room } = scene()
    clock.advance(3_600_000)
    clock.stepMs = stepMs
    room.subscribe(['block_arrival'])
    const atMs = clock.monotonicMs()
    const arrivedMs = clock.nowMs()
    const arrival: ArrivalView = {
      ...{ slot: 9, block_root: '0xabcd', proposer_index: 1, first_peer_id: '16Uiu', client: 'teku/1' },
      ...{ rtt_ms: 12, arrived_unix_ms: arrivedMs, ms_into_slot: 0, later_peers: 0 },
    }
    clock.advance(50)
    room.onBlock(arrival, atMs)
    clock.advance(50)
    const { arrived_unix_ns } = JSON.parse(batches[0]?.events[0]?.data ?? '{}')
    assert.equal(arrived_unix_ns, `${arrivedMs}000000`)
  }
})
