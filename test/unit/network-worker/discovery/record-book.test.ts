import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  GIVEN_UP_MS,
  KEEP_PERIOD_MS,
  MAX_FAILED_DIALS,
  PROVEN_MS,
  RecordBook,
  type RecordBookDeps,
  RTT_MEMORY_MS,
} from '../../../../src/network-worker/discovery/record-book.ts'
import type { KnownRecord } from '../../../../src/rpc/discovery-views.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { peerOf, recordOf } from './record-of.ts'

const START_MS = 1_800_000_000_000
const PEER = peerOf(1)

interface Scene {
  readonly book: RecordBook
  readonly clock: FakeClock
  readonly kept: KnownRecord[]
  readonly forgotten: string[]
}

function scene(overrides: Partial<RecordBookDeps> = {}): Scene {
  const clock = new FakeClock(START_MS)
  const kept: KnownRecord[] = []
  const forgotten: string[] = []
  const book = new RecordBook({
    clock,
    restored: [],
    onKept: (record) => void kept.push(record),
    onForgotten: (peerId) => void forgotten.push(peerId),
    ...overrides,
  })
  return { book, clock, kept, forgotten }
}

function knownOf(number: number, overrides: Partial<KnownRecord> = {}): KnownRecord {
  const { peerId, enr } = recordOf(number)
  return { peerId, enr, lastSeenMs: START_MS - 1000, bestRttMs: null, lastConnectedMs: null, ...overrides }
}

function failTimes({ book }: Scene, times: number, peerId = PEER): void {
  for (let i = 0; i < times; i++) book.failed(peerId)
}

test('a new record is kept with the time it was seen', () => {
  const { book, kept } = scene()
  assert.equal(book.take(recordOf(1)), 'new')
  assert.deepEqual(kept, [knownOf(1, { lastSeenMs: START_MS })])
  assert.deepEqual([book.size, book.get(PEER)?.peerId, [...book.all()].length], [1, PEER, 1])
})

test('a newer record replaces the old one, an older one is ignored; sequence numbers have 64 bits', () => {
  const { book, kept } = scene()
  const oldest = recordOf(1, { seq: '9007199254740992' })
  const newest = recordOf(1, { seq: '9007199254740993' })
  assert.deepEqual([book.take(oldest), book.take(newest), book.take(oldest)], ['new', 'newer', 'known'])
  assert.equal(book.get(PEER)?.seq, '9007199254740993')
  assert.deepEqual(
    kept.map(({ enr }) => enr),
    [oldest.enr, newest.enr],
  )
})

test('a record seen again and again is kept once in ten minutes', () => {
  const { book, clock, kept } = scene()
  book.take(recordOf(1))
  for (let minute = 1; minute <= 25; minute++) {
    clock.advance(60_000)
    assert.equal(book.take(recordOf(1)), 'known')
  }
  assert.deepEqual(
    kept.map(({ lastSeenMs }) => (lastSeenMs - START_MS) / 60_000),
    [0, 10, 20],
  )
  assert.equal(book.known(PEER)?.lastSeenMs, START_MS + 25 * 60_000)
})

test('an older record does not move the time', () => {
  const { book, clock } = scene()
  book.take(recordOf(1, { seq: '2' }))
  clock.advance(KEEP_PERIOD_MS)
  book.take(recordOf(1, { seq: '1' }))
  assert.equal(book.known(PEER)?.lastSeenMs, START_MS)
})

test('the first connection is kept at once, later ones once in ten minutes', () => {
  const { book, clock, kept } = scene()
  book.take(recordOf(1))
  for (let tick = 0; tick <= KEEP_PERIOD_MS; tick += 2000) {
    book.connected(PEER)
    if (tick < KEEP_PERIOD_MS) clock.advance(2000)
  }
  assert.deepEqual(
    kept.map(({ lastConnectedMs }) => lastConnectedMs),
    [null, START_MS, START_MS + KEEP_PERIOD_MS],
  )
})

test('a round trip is kept the first time, and when it changed by more than a twentieth, better or worse', () => {
  const { book, kept } = scene()
  book.take(recordOf(1))
  book.connected(PEER)
  for (const rttMs of [100, 100, 95, 94, 90, 200]) book.measured(PEER, rttMs)
  assert.deepEqual(
    kept.slice(2).map(({ bestRttMs }) => bestRttMs),
    [100, 94, 200],
  )
  assert.equal(book.bestRttMs(PEER), 200)
})

test('a round trip is forgotten when the peer moved, and when the connection was days ago', () => {
  const { book, clock } = scene()
  for (const number of [1, 2]) {
    book.take(recordOf(number))
    book.connected(peerOf(number))
    book.measured(peerOf(number), 5)
  }
  book.take(recordOf(1, { seq: '2', ip: '9.9.9.9' }))
  book.take(recordOf(2, { seq: '2', udp: 9001 }))
  assert.deepEqual([book.bestRttMs(peerOf(1)), book.bestRttMs(peerOf(2))], [undefined, 5])
  clock.advance(RTT_MEMORY_MS)
  assert.equal(book.bestRttMs(peerOf(2)), undefined)
})

test('five failed dials in a row end a record', () => {
  const all = scene()
  all.book.take(recordOf(1))
  failTimes(all, MAX_FAILED_DIALS - 1)
  assert.equal(all.book.size, 1)
  all.book.failed(PEER)
  assert.deepEqual([all.book.size, all.forgotten], [0, [PEER]])
})

test('a newer record begins the count anew', () => {
  const all = scene()
  all.book.take(recordOf(1))
  failTimes(all, MAX_FAILED_DIALS - 1)
  all.book.take(recordOf(1, { seq: '2' }))
  failTimes(all, MAX_FAILED_DIALS - 1)
  assert.equal(all.book.size, 1)
})

test('so does a connection, also when it is long ago', () => {
  const all = scene()
  all.book.take(recordOf(1))
  failTimes(all, MAX_FAILED_DIALS - 1)
  all.book.connected(PEER)
  all.clock.advance(PROVEN_MS)
  failTimes(all, MAX_FAILED_DIALS - 1)
  assert.equal(all.book.size, 1)
})

test('a peer that was connected within a day outlives failed dials, and no longer', () => {
  const all = scene()
  all.book.take(recordOf(1))
  all.book.connected(PEER)
  failTimes(all, 20)
  all.clock.advance(PROVEN_MS - 1)
  failTimes(all, 1)
  assert.equal(all.book.size, 1)
  all.clock.advance(1)
  failTimes(all, 1)
  assert.equal(all.book.size, 0)
})

test('while no peer is connected, failed dials do not count', () => {
  let isOnline = false
  const all = scene({ isOnline: () => isOnline })
  all.book.take(recordOf(1))
  failTimes(all, 50)
  isOnline = true
  failTimes(all, MAX_FAILED_DIALS - 1)
  assert.equal(all.book.size, 1)
})

test('what was given up is not taken again for hours, unless it is newer', () => {
  const all = scene()
  const { book, clock } = all
  for (const number of [1, 2]) {
    book.take(recordOf(number))
    failTimes(all, MAX_FAILED_DIALS, peerOf(number))
  }
  assert.deepEqual([book.take(recordOf(1)), book.take(recordOf(2, { seq: '2' }))], ['known', 'new'])
  clock.advance(GIVEN_UP_MS)
  assert.equal(book.take(recordOf(1)), 'new')
})

test('restored records come with their past and are not kept again at once', () => {
  const past = knownOf(1, { bestRttMs: 7, lastConnectedMs: START_MS - 5000 })
  const { book, kept } = scene({ restored: [past, knownOf(2)] })
  assert.deepEqual([book.size, [...book.all()].length], [2, 0])
  assert.deepEqual([book.take(recordOf(1)), book.take(recordOf(2))], ['new', 'new'])
  assert.deepEqual([book.size, book.bestRttMs(PEER), kept], [2, 7, []])
  assert.deepEqual(book.known(PEER), past)
})

test('a restored record that comes back newer is kept, with its past', () => {
  const { book, kept } = scene({ restored: [knownOf(1, { bestRttMs: 7, lastConnectedMs: START_MS - 5000 })] })
  const newer = recordOf(1, { seq: '9' })
  book.take(newer)
  assert.deepEqual(kept, [knownOf(1, { enr: newer.enr, bestRttMs: 7, lastConnectedMs: START_MS - 5000 })])
})

test('restored records that did not come back are forgotten when asked', () => {
  const { book, forgotten } = scene({ restored: [knownOf(1), knownOf(2, { enr: 'enr:broken' })] })
  book.take(recordOf(1))
  book.forgetDormant()
  assert.deepEqual([book.size, forgotten], [1, [peerOf(2)]])
})

test('for lack of room goes first what did not come back', () => {
  const { book, forgotten } = scene({ max: 2, restored: [knownOf(1), knownOf(2)] })
  book.take(recordOf(1))
  assert.equal(book.take(recordOf(3)), 'new')
  assert.deepEqual([book.size, forgotten, book.dropped], [2, [peerOf(2)], 1])
})

test('a flood of strangers does not take the place of peers that served lately and have not come back yet', () => {
  const restored = Array.from({ length: 50 }, (_, i) => knownOf(i, { lastConnectedMs: START_MS - 60_000 }))
  const { book, forgotten } = scene({ max: 100, restored })
  for (let number = 1000; number < 11_000; number++) book.take(recordOf(number))
  assert.deepEqual([book.size, book.dropped], [100, 9950])
  for (let i = 0; i < 50; i++) assert.equal(book.take(recordOf(i)), 'new')
  assert.deepEqual(
    restored.filter(({ peerId }) => forgotten.includes(peerId) || book.known(peerId)?.lastConnectedMs === null),
    [],
  )
})

test('times to come, by a wall clock that was set back, prove nothing', () => {
  const future = knownOf(1, { lastSeenMs: START_MS + 1e9, bestRttMs: 5, lastConnectedMs: START_MS + 1e9 })
  const all = scene({ restored: [future] })
  all.book.take(recordOf(1))
  assert.deepEqual([all.book.bestRttMs(PEER), all.book.known(PEER)?.lastSeenMs], [undefined, START_MS])
  failTimes(all, MAX_FAILED_DIALS)
  assert.equal(all.book.size, 0)
})

test('for lack of room goes who was seen the longest ago of those never connected', () => {
  const { book, clock, forgotten } = scene({ max: 3 })
  for (const number of [1, 2, 3]) {
    book.take(recordOf(number))
    clock.advance(1000)
  }
  book.connected(peerOf(1))
  book.take(recordOf(2))
  book.take(recordOf(4))
  book.take(recordOf(5))
  assert.deepEqual([forgotten, book.dropped], [[peerOf(3), peerOf(2)], 2])
})

test('when all were connected, who was seen the longest ago goes, and the newcomer stays', () => {
  const { book, clock, forgotten } = scene({ max: 2 })
  for (const number of [1, 2]) {
    book.take(recordOf(number))
    book.connected(peerOf(number))
    clock.advance(1000)
  }
  assert.equal(book.take(recordOf(3)), 'new')
  assert.deepEqual([forgotten, [...book.all()].map(({ peerId }) => peerId)], [[peerOf(1)], [peerOf(2), peerOf(3)]])
})

test('of more restored records than there is room for the best are kept', () => {
  const restored = [
    knownOf(1, { lastSeenMs: START_MS - 10 }),
    knownOf(2, { lastSeenMs: START_MS - 99, lastConnectedMs: START_MS - 99 }),
    knownOf(3, { lastSeenMs: START_MS - 20 }),
  ]
  const { book, forgotten } = scene({ restored, max: 2 })
  assert.deepEqual([book.texts(), forgotten], [[recordOf(2).enr, recordOf(1).enr], [peerOf(3)]])
})

test('as text, peers that served us lately come first', () => {
  const { book, clock } = scene()
  for (const number of [1, 2, 3]) book.take(recordOf(number))
  book.connected(peerOf(2))
  clock.advance(1000)
  book.connected(peerOf(3))
  assert.deepEqual(book.texts(), [recordOf(3).enr, recordOf(2).enr, recordOf(1).enr])
})

test('words about strangers change nothing', () => {
  const { book, kept, forgotten } = scene()
  book.connected('stranger')
  book.measured('stranger', 5)
  book.failed('stranger')
  book.forget('stranger')
  assert.deepEqual([book.size, kept, forgotten, book.known('stranger')], [0, [], [], undefined])
})
