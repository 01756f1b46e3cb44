import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { MAX_EXPLICIT_PEERS } from '../../../src/shared/limits.ts'
import { ExplicitPeersStore, type StoredPeer } from '../../../src/storage/explicit-peers-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { RuntimeSettingsStore } from '../../../src/storage/runtime-settings-store.ts'
import { dataDir } from './data-dir.ts'

function open(t: TestContext, dir = dataDir(t)) {
  const database = openDatabase(dir)
  t.after(() => database.isOpen && database.close())
  return {
    dir,
    database,
    settings: new RuntimeSettingsStore(database),
    peers: new ExplicitPeersStore(database),
  }
}

function peer(peerId: string, addedAtMs = 0, addresses: readonly string[] = []): StoredPeer {
  return { peerId, addresses, addedAtMs }
}

test('settings: any finite values come back as they were, after a close too', (t) => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number))
  const row = fc.record({ name: fc.string(), value, startUpValue: value })
  const { dir, database, settings } = open(t)
  let last: unknown
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: ({ name }) => name, maxLength: 8 }), (rows) => {
      settings.replace(rows)
      const byName = new Map(rows.map((each) => [each.name, each]))
      const stored = settings.all()
      assert.equal(stored.length, rows.length)
      for (const each of stored) assert.deepEqual(each, { ...byName.get(each.name) })
      last = stored
    }),
    { numRuns: 50 },
  )
  database.close()
  assert.deepEqual(open(t, dir).settings.all(), last)
})

test('settings: a replacement that fails leaves the rows as they were', (t) => {
  const { settings } = open(t)
  const row = { name: 'network_load', value: 8, startUpValue: 5 }
  settings.replace([row])
  assert.throws(() => settings.replace([{ ...row, value: 9 }, row]), /UNIQUE/)
  assert.throws(() => settings.replace([{ ...row, value: Number.NaN }]), /NOT NULL/)
  assert.deepEqual(settings.all(), [row])
})

test('settings: a full disk is an error, and changes nothing', (t) => {
  const { database, settings } = open(t)
  const row = { name: 'network_load', value: 8, startUpValue: 5 }
  settings.replace([row])
  database.exec('PRAGMA max_page_count = 1') // no page more than there are
  const many = Array.from({ length: 500 }, (_, index) => ({ ...row, name: `${'n'.repeat(100)}${index}` }))
  assert.throws(() => settings.replace(many), { errcode: 13 })
  assert.equal(database.isTransaction, false)
  assert.deepEqual(settings.all(), [row])
  settings.replace([])
  assert.deepEqual(settings.all(), [])
})

test('explicit peers: oldest first; a second put takes the addresses and keeps the age', (t) => {
  const { peers } = open(t)
  peers.put(peer('b', 2))
  peers.put(peer('a', 1, ['/ip4/192.0.2.1']))
  peers.put(peer('c', 2))
  peers.put(peer('a', 9, ['/ip4/192.0.2.2', '/ip4/192.0.2.1']))
  assert.deepEqual(peers.all(), [peer('a', 1, ['/ip4/192.0.2.2', '/ip4/192.0.2.1']), peer('b', 2), peer('c', 2)])
  peers.delete('b')
  peers.delete('b')
  assert.deepEqual(peers.get('b'), undefined)
  assert.deepEqual(peers.get('c'), peer('c', 2))
})

test('explicit peers: eight addresses are kept, and none that is absurdly long', (t) => {
  const { peers } = open(t)
  const addresses = Array.from({ length: 12 }, (_, index) => `/ip4/192.0.2.${index}`)
  peers.put(peer('a', 0, ['/'.repeat(513), ...addresses]))
  assert.deepEqual(peers.get('a')?.addresses, addresses.slice(0, 8))
})

test('explicit peers: full at 256; known ones can still be changed and removed', (t) => {
  const { peers } = open(t)
  for (let index = 0; index < MAX_EXPLICIT_PEERS; index++) peers.put(peer(`p${index}`))
  const tooMany = { code: 'LIST_FULL', message: 'at most 256 explicit peers' }
  assert.throws(() => peers.put(peer('one more')), tooMany)
  peers.put(peer('p7', 0, ['/ip4/192.0.2.1']))
  assert.deepEqual(peers.get('p7')?.addresses, ['/ip4/192.0.2.1'])
  peers.delete('p0')
  peers.put(peer('one more'))
  assert.equal(peers.all().length, MAX_EXPLICIT_PEERS)
})

test('explicit peers: any text is a key, and addresses that somebody spoiled count as none', (t) => {
  const { database, peers } = open(t)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { maxLength: 8 }), (peerId, addresses) => {
      peers.put(peer(peerId, 0, addresses))
      assert.deepEqual(peers.get(peerId), peer(peerId, 0, addresses))
      peers.delete(peerId)
    }),
    { numRuns: 50 },
  )
  peers.put(peer('a'))
  for (const json of ['{"x":1}', 'nonsense', '[1,null,"/ip4/192.0.2.1"]', '']) {
    database.prepare('UPDATE explicit_peers SET addresses = ?').run(json)
    assert.deepEqual(peers.all()[0]?.addresses, json.includes('/ip4') ? ['/ip4/192.0.2.1'] : [])
  }
})
