import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ParsedTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { DialFeed } from '../../../../src/network-worker/discovery/dial-feed.ts'
import { NearNetworks } from '../../../../src/network-worker/discovery/near-networks.ts'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import { servedTopics } from '../../../../src/network-worker/discovery/topic-service.ts'
import { DialQueue } from '../../../../src/network-worker/peers/dialling/dial-queue.ts'
import type { ResolvedTarget } from '../../../../src/network-worker/peers/dialling/dial-target.ts'
import { FAILED_DIAL_MS, RedialBook } from '../../../../src/network-worker/peers/dialling/redial-book.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { ipOf, peerOf, recordOf } from './record-of.ts'

const MAX_LATENCY_MS = 1000
const TARGET = 100

function addressOf(number: number): string {
  return `/ip4/${ipOf(number)}/tcp/9000`
}

/** A feed with the real book and the real queue; dials fail or succeed at once, as the test says. */
function scene({ records = 0, room = 1000 } = {}) {
  const clock = new FakeClock(1_800_000_000_000)
  const redial = new RedialBook(clock)
  const banned = new Set<string>()
  const dialled: ResolvedTarget[] = []
  const state = { room, isReached: true }
  const connected = new Set<string>()
  const forgotten: string[] = []
  const book = new RecordBook({
    clock,
    restored: [],
    onKept: () => undefined,
    onForgotten: (peerId) => void forgotten.push(peerId),
  })
  const take = (number: number, overrides = {}): void =>
    void book.take(recordOf(number, { addresses: [addressOf(number)], ...overrides }))
  for (let number = 0; number < records; number++) take(number)
  const mayDial = (peerId: string): boolean =>
    !banned.has(peerId) && !connected.has(peerId) && !redial.isAvoided(peerId)
  const queue = new DialQueue({
    dialer: {
      dial: (target) => {
        dialled.push(target)
        if (state.isReached) connected.add(target.peerId)
        return Promise.resolve(state.isReached)
      },
    },
    redial,
    room: () => state.room - connected.size,
    mayDial,
    onFailed: (peerId) => book.failed(peerId),
  })
  const near = new NearNetworks()
  const feed = new DialFeed({ book, near, queue, mayDial, serves: servedTopics, clock })
  const tick = async (needed: number, topics: readonly ParsedTopic[] = [], target = TARGET): Promise<string[]> => {
    const before = dialled.length
    feed.tick(needed, topics, target, MAX_LATENCY_MS)
    await new Promise((resolve) => setImmediate(resolve))
    return dialled.slice(before).map(({ peerId }) => peerId)
  }
  return { clock, redial, banned, connected, dialled, forgotten, state, book, near, queue, take, tick }
}

test('as many as are needed, 32 at a tick at most', async () => {
  const { tick } = scene({ records: 200 })
  assert.equal((await tick(5)).length, 5)
  assert.equal((await tick(95)).length, 32)
})

test('with record and address', async () => {
  const { tick, dialled } = scene({ records: 1 })
  await tick(1)
  assert.deepEqual(
    dialled.map(({ peerId, enr, addresses }) => [peerId, enr, addresses.map(String)]),
    [[peerOf(0), recordOf(0).enr, [addressOf(0)]]],
  )
})

test('who was near goes first, then who has near neighbours, then the unknown; who was too far is left out', async () => {
  const { book, near, state, take, tick } = scene({ records: 50 })
  for (const [number, rttMs] of [
    [31, 20],
    [12, 5],
    [7, MAX_LATENCY_MS + 1],
  ] as const) {
    book.connected(peerOf(number))
    book.measured(peerOf(number), rttMs)
  }
  take(1000, { ip: '203.0.113.9' })
  near.note('203.0.7.7', 12)
  state.isReached = false
  const order = await tick(32)
  assert.deepEqual(order.slice(0, 3), [peerOf(12), peerOf(1000), peerOf(31)])
  assert.equal(order.length, 32)
  assert.ok(!order.includes(peerOf(7)))
})

test('who serves a column that we are short of goes before the others', async () => {
  const { take, tick } = scene({ records: 40 })
  take(500, { custodyGroupCount: 128 })
  const column = parseTopic('/eth2/8c9f62fe/data_column_sidecar_9/ssz_snappy') ?? assert.fail()
  for (let number = 0; number < 40; number++) take(number, { custodyGroupCount: 0, seq: '2' })
  assert.deepEqual(await tick(1, [column]), [peerOf(500)])
})

test('banned and recently left peers are not dialled', async () => {
  const { banned, redial, clock, tick } = scene({ records: 4 })
  banned.add(peerOf(1))
  redial.avoid(peerOf(2), 600_000)
  assert.deepEqual((await tick(10)).toSorted(), [peerOf(0), peerOf(3)])
  clock.advance(600_000)
  assert.deepEqual(await tick(10), [peerOf(2)])
})

test('who cannot be reached is tried every two minutes and forgotten after the fifth time', async () => {
  const { state, clock, forgotten, tick, dialled } = scene({ records: 1 })
  state.isReached = false
  for (let ms = 0; ms < 20 * 60_000; ms += 2000) {
    await tick(10)
    clock.advance(2000)
  }
  assert.deepEqual([dialled.length, forgotten], [5, [peerOf(0)]])
  assert.ok(FAILED_DIAL_MS > 2000)
})

test('at the target two in a hundred are tried each 30 s, and nobody between', async () => {
  const { clock, tick } = scene({ records: 200 })
  const tried: number[] = []
  for (let ms = 0; ms < 90_000; ms += 2000) {
    tried.push((await tick(0)).length)
    clock.advance(2000)
  }
  assert.deepEqual(
    tried.flatMap((count, tick) => (count === 0 ? [] : [[tick * 2, count]])),
    [
      [0, 2],
      [30, 2],
      [60, 2],
    ],
  )
})

test('a small target tries one, a target of none nobody', async () => {
  const { clock, tick } = scene({ records: 20 })
  assert.equal((await tick(0, [], 8)).length, 1)
  clock.advance(30_000)
  assert.deepEqual(await tick(0, [], 0), [])
})

test('without room nobody is dialled, and those who wait are not offered twice', async () => {
  const { state, queue, tick } = scene({ records: 10, room: 0 })
  for (let i = 0; i < 5; i++) assert.deepEqual(await tick(4), [])
  assert.ok(queue.waiting <= 10)
  state.room = 3
  assert.equal((await tick(4)).length, 3)
})

test('of a full book every record has its turn within four ticks', async () => {
  const { book, near, take, tick, state } = scene()
  for (let number = 0; number < 4096; number++) take(number)
  const last = peerOf(4095)
  book.connected(last)
  book.measured(last, 1)
  near.note('255.255.1.1', 5)
  state.isReached = false
  const dialled: string[] = []
  for (let i = 0; i < 4; i++) dialled.push(...(await tick(1)))
  assert.ok(dialled.includes(last))
})
