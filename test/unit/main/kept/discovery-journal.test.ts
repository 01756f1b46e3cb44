import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import { DiscoveryJournal } from '../../../../src/main/kept/discovery-journal.ts'
import type { KnownRecord } from '../../../../src/rpc/discovery-views.ts'
import { MAX_KNOWN_RECORDS } from '../../../../src/shared/limits.ts'
import { DiscoveredPeersStore } from '../../../../src/storage/discovered-peers-store.ts'
import { KnownRecordsStore } from '../../../../src/storage/known-records-store.ts'
import { openDatabase } from '../../../../src/storage/open-database.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function open(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'starling-journal-'))
  const database = openDatabase(dir)
  t.after(() => {
    if (database.isOpen) database.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const records = new KnownRecordsStore(database)
  const discovered = new DiscoveredPeersStore(database)
  const writes = t.mock.method(records, 'apply')
  const logged: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const clock = new FakeClock(1_000)
  const journal = new DiscoveryJournal({ records, discovered, clock, log })
  return { database, records, discovered, clock, journal, logged, transactions: () => writes.mock.callCount() }
}

function record(peerId: string, bestRttMs: number | null = null): KnownRecord {
  return { peerId, enr: `enr:-${peerId}`, lastSeenMs: 5, bestRttMs, lastConnectedMs: null }
}

test('the records of a second are written in one transaction at its end, the newest of each peer', (t) => {
  const { records, clock, journal, transactions } = open(t)
  journal.kept(record('a'))
  journal.kept(record('b'))
  journal.kept(record('c'))
  clock.advance(600)
  journal.kept(record('a', 12.5))
  journal.forgotten('b')
  clock.advance(399)
  assert.deepEqual(records.all(), [])
  clock.advance(1)
  assert.deepEqual(
    new Map(records.all().map((one) => [one.peerId, one.bestRttMs])),
    new Map([
      ['a', 12.5],
      ['c', null],
    ]),
  )
  assert.equal(transactions(), 1)
  journal.forgotten('a')
  clock.advance(60_000)
  assert.deepEqual(
    records.all().map(({ peerId }) => peerId),
    ['c'],
  )
  assert.equal(transactions(), 2, 'nothing to write, nothing written')
})

test('discovered peers keep their order, whatever else is written about them', (t) => {
  const { discovered, clock, journal } = open(t)
  journal.discovered('b')
  journal.discovered('a')
  journal.kept(record('b'))
  clock.advance(1_000)
  journal.discovered('c')
  clock.advance(1_000)
  assert.deepEqual(discovered.all(), ['b', 'a', 'c'])
})

test('a close writes the rest, and takes nothing after it', (t) => {
  const { records, discovered, clock, journal } = open(t)
  journal.kept(record('a'))
  journal.discovered('a')
  journal.close()
  journal.kept(record('b'))
  journal.discovered('b')
  journal.close()
  assert.deepEqual(records.all(), [record('a')])
  assert.deepEqual(discovered.all(), ['a'])
  assert.equal(clock.pending, 0)
})

test('as many records as are kept do not wait', (t) => {
  const { records, clock, journal } = open(t)
  for (let index = 0; index < MAX_KNOWN_RECORDS; index++) journal.kept(record(`p${index}`))
  assert.equal(records.all().length, MAX_KNOWN_RECORDS)
  assert.equal(clock.pending, 0)
})

test('what cannot be written is a warning, and what comes later is written', (t) => {
  const { database, records, discovered, clock, journal, logged } = open(t)
  database.exec('BEGIN') // transactions do not nest
  journal.kept(record('a'))
  journal.discovered('a')
  clock.advance(1_000)
  database.exec('ROLLBACK')
  assert.deepEqual(
    logged.map(({ level, msg, kept, peers }) => [level, msg, kept ?? peers]),
    [
      [40, 'records of peers were not written', 1],
      [40, 'discovered peers were not written', 1],
    ],
  )
  journal.kept(record('b'))
  journal.discovered('b')
  clock.advance(1_000)
  assert.deepEqual([records.all().length, discovered.all()], [1, ['b']])
})
