import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../../../src/consensus/networks.ts'
import { DiscoveredPeers } from '../../../../src/network-worker/discovery/discovered-peers.ts'
import { FoundRecords } from '../../../../src/network-worker/discovery/found-records.ts'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { peerOf, recordOf } from './record-of.ts'

const SCHEDULE = createForkSchedule(networkByName('mainnet'))
/** Between two forks of mainnet: recordOf's digest is in force. */
const EPOCH = (SCHEDULE.byDigest('8c9f62fe')?.epoch ?? Number.NaN) + 100
const OTHER = { forkDigestHex: 'deadbeef' }
const MAX_RECORDS = 64
const MAX_DISCOVERED = 256

function scene() {
  const clock = new FakeClock(1_800_000_000_000)
  const told = { discovered: [] as string[], kept: 0, forgotten: [] as string[], fresh: [] as string[], watched: 0 }
  const book = new RecordBook({
    clock,
    restored: [],
    onKept: () => void told.kept++,
    onForgotten: (peerId) => void told.forgotten.push(peerId),
    max: MAX_RECORDS,
  })
  const discovered = new DiscoveredPeers([], (peerId) => void told.discovered.push(peerId), MAX_DISCOVERED)
  const found = new FoundRecords({
    ownPeerId: peerOf(0),
    schedule: SCHEDULE,
    currentEpoch: () => EPOCH,
    watch: { saw: () => void told.watched++ },
    discovered,
    book,
    onFresh: (record) => void told.fresh.push(`${record.peerId} ${record.seq}`),
  })
  return { clock, told, book, discovered, found }
}

test('one of our network is discovered, kept, and fresh once; a newer record is fresh again', () => {
  const { found, told, book } = scene()
  for (const seq of ['1', '1', '2', '1']) found.take(recordOf(1, { seq }))
  assert.deepEqual(told, { discovered: [peerOf(1)], kept: 2, forgotten: [], fresh: ['peer1 1', 'peer1 2'], watched: 4 })
  assert.equal(book.get(peerOf(1))?.seq, '2')
})

test('our own record is no find', () => {
  const { found, told } = scene()
  found.take(recordOf(0))
  assert.deepEqual([told.watched, told.discovered, found.judged.current], [0, [], 0])
})

test('other networks are counted and watched, no more', () => {
  const { found, told, book } = scene()
  found.take(recordOf(1, OTHER))
  found.take(recordOf(2, { forkDigestHex: undefined }))
  assert.deepEqual(found.judged, { current: 0, next: 0, other: 1, none: 1 })
  assert.deepEqual([told.watched, told.discovered, told.fresh, book.size], [2, [], [], 0])
})

test('one without an address of libp2p is discovered, and not kept for dialling', () => {
  const { found, told, book } = scene()
  found.take(recordOf(1, { addresses: [] }))
  assert.deepEqual([told.discovered, told.fresh, book.size], [[peerOf(1)], [], 0])
})

test('who went to another network is forgotten; an old record that somebody repeats changes nothing', () => {
  const { found, told, book } = scene()
  found.take(recordOf(1, { seq: '5' }))
  found.take(recordOf(1, { seq: '4', ...OTHER }))
  assert.equal(book.size, 1)
  found.take(recordOf(1, { seq: '6', ...OTHER }))
  assert.deepEqual([book.size, told.forgotten], [0, [peerOf(1)]])
})

test('a flood of strangers: every bound holds, and peers that served us within a day stay', () => {
  const { found, told, book, discovered } = scene()
  const served = [1, 2, 3].map(peerOf)
  for (const number of [1, 2, 3]) found.take(recordOf(number))
  for (const peerId of served) book.connected(peerId)
  for (let number = 100; number < 10_100; number++) found.take(recordOf(number))
  assert.deepEqual([book.size, discovered.size], [MAX_RECORDS, MAX_DISCOVERED])
  assert.equal(book.dropped, 10_003 - MAX_RECORDS)
  assert.ok(served.every((peerId) => book.get(peerId) !== undefined))
  assert.equal(told.discovered.length, 10_003)
})
