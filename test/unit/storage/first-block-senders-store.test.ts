import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { MAX_FIRST_BLOCK_SENDERS } from '../../../src/shared/limits.ts'
import { FirstBlockSendersStore } from '../../../src/storage/first-block-senders-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { dataDir } from './data-dir.ts'

function open(t: TestContext) {
  const database = openDatabase(dataDir(t))
  t.after(() => database.close())
  return { database, store: new FirstBlockSendersStore(database) }
}

test('counts are added up, with the time of the last block; the longest unused comes first', (t) => {
  const { store } = open(t)
  store.add([
    { peerId: 'a', count: 3, lastAtMs: 10 },
    { peerId: 'b', count: 1, lastAtMs: 20.6 },
  ])
  store.add([
    { peerId: 'a', count: 2, lastAtMs: 30 },
    { peerId: 'c', count: 7, lastAtMs: 5 },
  ])
  assert.deepEqual(store.all(), [
    { peerId: 'c', count: 7, lastAtMs: 5 },
    { peerId: 'b', count: 1, lastAtMs: 21 },
    { peerId: 'a', count: 5, lastAtMs: 30 },
  ])
})

test('beyond the bound the fewest blocks go, of equals the longest unused', (t) => {
  const { store } = open(t)
  const known = Array.from({ length: MAX_FIRST_BLOCK_SENDERS - 2 }, (_, index) => ({
    peerId: `p${index}`,
    count: 2,
    lastAtMs: index,
  }))
  store.add([{ peerId: 'once-long-ago', count: 1, lastAtMs: 1 }, { peerId: 'once', count: 1, lastAtMs: 2 }, ...known])
  store.add([{ peerId: 'new', count: 1, lastAtMs: 9_999 }])
  const ids = store.all().map(({ peerId }) => peerId)
  assert.equal(ids.length, MAX_FIRST_BLOCK_SENDERS)
  assert.deepEqual([ids.includes('once-long-ago'), ids.includes('once'), ids.includes('new')], [false, true, true])
})

test('a batch that fails changes nothing', (t) => {
  const { store, database } = open(t)
  store.add([{ peerId: 'a', count: 1, lastAtMs: 1 }])
  const bad = [
    { peerId: 'a', count: 1, lastAtMs: 2 },
    { peerId: 'b', count: Number.NaN, lastAtMs: 2 },
  ]
  assert.throws(() => store.add(bad), /NOT NULL/)
  assert.equal(database.isTransaction, false)
  assert.deepEqual(store.all(), [{ peerId: 'a', count: 1, lastAtMs: 1 }])
})

test('whatever the batches, each count is the sum of its parts', (t) => {
  const { database, store } = open(t)
  const sender = fc.record({
    peerId: fc.constantFrom('a', 'b', 'c', "d'; DROP TABLE first_block_senders; --"),
    count: fc.integer({ min: 1, max: 2 ** 31 }),
    lastAtMs: fc.nat(2 ** 40),
  })
  fc.assert(
    fc.property(fc.array(fc.array(sender, { maxLength: 6 }), { maxLength: 6 }), (batches) => {
      database.exec('DELETE FROM first_block_senders')
      const sums = new Map<string, number>()
      for (const batch of batches) {
        store.add(batch)
        for (const { peerId, count } of batch) sums.set(peerId, (sums.get(peerId) ?? 0) + count)
      }
      assert.deepEqual(new Map(store.all().map(({ peerId, count }) => [peerId, count])), sums)
    }),
    { numRuns: 40 },
  )
})
