import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { MAX_KNOWN_RECORDS } from '../../../src/shared/limits.ts'
import { KnownRecordsStore, type StoredRecord } from '../../../src/storage/known-records-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { dataDir } from './data-dir.ts'

function open(t: TestContext) {
  const database = openDatabase(dataDir(t))
  t.after(() => database.close())
  return { database, store: new KnownRecordsStore(database) }
}

function record(peerId: string, lastSeenMs: number, changes: Partial<StoredRecord> = {}): StoredRecord {
  return { peerId, enr: `enr:-${peerId}`, lastSeenMs, bestRttMs: null, lastConnectedMs: null, ...changes }
}

test('a record replaces the one before; the longest unseen comes first', (t) => {
  const { store } = open(t)
  store.apply([record('a', 30), record('b', 10.4, { bestRttMs: 7.25, lastConnectedMs: 9.6 })], [])
  store.apply([record('a', 20, { enr: 'enr:-newer' }), record('c', 10)], ['b', 'unknown'])
  assert.deepEqual(store.all(), [record('c', 10), record('a', 20, { enr: 'enr:-newer' })])
  store.apply([record('b', 10.4, { bestRttMs: 7.25, lastConnectedMs: 9.6 })], [])
  assert.deepEqual(store.all()[1], record('b', 10, { bestRttMs: 7.25, lastConnectedMs: 10 }))
})

test('beyond the bound those go that never were connected, of equals the longest unseen', (t) => {
  const { store } = open(t)
  const connected = { lastConnectedMs: 1 }
  const known = Array.from({ length: MAX_KNOWN_RECORDS - 2 }, (_, index) => record(`p${index}`, 100, connected))
  store.apply([record('friend', 1, connected), record('stranger', 50), ...known], [])
  store.apply([record('newer stranger', 60)], [])
  const ids = new Set(store.all().map(({ peerId }) => peerId))
  assert.equal(ids.size, MAX_KNOWN_RECORDS)
  assert.deepEqual([ids.has('friend'), ids.has('stranger'), ids.has('newer stranger')], [true, false, true])
  store.apply([record('newest friend', 2, connected)], [])
  store.apply([record('another', 3, connected)], [])
  const later = store.all().map(({ peerId }) => peerId)
  assert.deepEqual([later.length, later[0]], [MAX_KNOWN_RECORDS, 'newest friend'])
})

test('a batch that fails changes nothing', (t) => {
  const { store, database } = open(t)
  store.apply([record('a', 1)], [])
  assert.throws(() => store.apply([record('b', 2), record('c', Number.NaN)], ['a']), /NOT NULL/)
  assert.equal(database.isTransaction, false)
  assert.deepEqual(store.all(), [record('a', 1)])
})

test('whatever the batches, what is stored is what a map would hold', (t) => {
  const { database, store } = open(t)
  const peerId = fc.constantFrom('a', 'b', 'c', "d'; DROP TABLE known_records; --")
  const kept = fc.record({
    peerId,
    enr: fc.string(),
    lastSeenMs: fc.nat(2 ** 40),
    bestRttMs: fc.option(fc.double({ min: 0.001, max: 1e4, noNaN: true })),
    lastConnectedMs: fc.option(fc.nat(2 ** 40)),
  })
  const batch = fc.record({
    kept: fc.uniqueArray(kept, { selector: (one) => one.peerId }),
    forgotten: fc.uniqueArray(peerId),
  })
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
      database.exec('DELETE FROM known_records')
      const model = new Map<string, StoredRecord>()
      for (const { kept, forgotten } of batches) {
        store.apply(kept, forgotten)
        for (const id of forgotten) model.delete(id)
        for (const one of kept) model.set(one.peerId, { ...one })
      }
      assert.deepEqual(new Map(store.all().map((one) => [one.peerId, one])), model)
    }),
    { numRuns: 40 },
  )
})
