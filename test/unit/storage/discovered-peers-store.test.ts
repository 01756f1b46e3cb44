import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MAX_DISCOVERED_PEERS } from '../../../src/shared/limits.ts'
import { DiscoveredPeersStore } from '../../../src/storage/discovered-peers-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { dataDir } from './data-dir.ts'

function open(t: TestContext) {
  const database = openDatabase(dataDir(t))
  t.after(() => database.close())
  return { database, store: new DiscoveredPeersStore(database) }
}

test('ids are kept in the order of their discovery, each once', (t) => {
  const { store, database } = open(t)
  store.add(['z', 'a', 'z'])
  store.add(['m', 'a', "b'; DROP TABLE discovered_peers; --"])
  assert.deepEqual(store.all(), ['z', 'a', 'm', "b'; DROP TABLE discovered_peers; --"])
  database.exec('VACUUM')
  store.add(['last'])
  assert.deepEqual(store.all().slice(-1), ['last'])
})

test('beyond the bound the oldest go, and may be discovered anew', (t) => {
  const { store } = open(t)
  store.add(Array.from({ length: MAX_DISCOVERED_PEERS }, (_, index) => `p${index}`))
  store.add(['new', 'p5', 'newer'])
  const ids = store.all()
  assert.deepEqual([ids.length, ids[0], ids.at(-1)], [MAX_DISCOVERED_PEERS, 'p2', 'newer'])
  store.add(['p0'])
  assert.deepEqual([store.all()[0], store.all().at(-1)], ['p3', 'p0'])
})

test('a batch that fails adds nobody', (t) => {
  const { store, database } = open(t)
  database.exec('PRAGMA max_page_count = 1') // no page more than there are
  assert.throws(() => store.add(Array.from({ length: 500 }, (_, index) => `${'p'.repeat(100)}${index}`)), {
    errcode: 13,
  })
  assert.equal(database.isTransaction, false)
  assert.deepEqual(store.all(), [])
})
