import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { AccessStore, type StoredAccessChange } from '../../../src/storage/access-store.ts'
import { ExplicitPeersStore } from '../../../src/storage/explicit-peers-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { dataDir } from './data-dir.ts'

const TABLES = ['banned_peers', 'banned_ranges', 'banned_agents', 'trusted_peers', 'explicit_peers']

function open(t: TestContext, dir = dataDir(t)) {
  const database = openDatabase(dir)
  t.after(() => database.isOpen && database.close())
  return { dir, database, access: new AccessStore(database), explicit: new ExplicitPeersStore(database) }
}

/** Every row of every table with its place. */
function rows({ database }: ReturnType<typeof open>): unknown {
  return TABLES.map((table) => database.prepare(`SELECT rowid AS place, * FROM ${table} ORDER BY rowid`).all())
}

function trust(peerId: string, enr: string | null = null, addresses: readonly string[] = [`/p2p/${peerId}`]) {
  return { peerId, enr, addresses }
}

test('every list comes back in the order of its additions, after a close too', (t) => {
  const first = open(t)
  first.access.apply({ ban: ['z', 'a'], banRanges: ['192.0.2.0/24'], trust: [trust('t', 'enr:-t')] }, 1)
  first.access.apply({ ban: ['m', 'z'], banAgents: ['spy', 'crawler'], banRanges: ['10.0.0.0/8'] }, 2)
  first.access.apply(
    { unban: ['a'], unbanAgents: ['nobody'], trust: [trust('b'), trust('t', 'enr:-newer', ['/x'])] },
    3,
  )
  const expected = {
    bannedPeers: ['z', 'm'],
    bannedRanges: ['192.0.2.0/24', '10.0.0.0/8'],
    bannedAgents: ['spy', 'crawler'],
    trustedPeers: [trust('t', 'enr:-newer', ['/x']), trust('b')],
  }
  assert.deepEqual(first.access.load(), expected)
  first.database.close()
  const second = open(t, first.dir)
  assert.deepEqual(second.access.load(), expected)
  const added = second.database.prepare("SELECT added_at_ms AS ms FROM trusted_peers WHERE peer_id = 't'").get()
  assert.equal(added?.['ms'], 1, 'newer data does not make the trust younger')
})

test('a ban takes the explicit peer with it, and a ban taken back gives it back', (t) => {
  const opened = open(t)
  const { access, explicit } = opened
  const peer = { peerId: 'a', addresses: ['/ip4/192.0.2.1'], addedAtMs: 5 }
  explicit.put(peer)
  explicit.put({ ...peer, peerId: 'b' })
  const before = rows(opened)
  const takeBack = access.apply({ ban: ['a'] }, 9)
  assert.equal(explicit.get('a'), undefined)
  takeBack()
  assert.deepEqual(explicit.get('a'), peer)
  assert.deepEqual(rows(opened), before)
})

test('a change that fails half-way changes nothing', (t) => {
  const opened = open(t)
  const { access, database } = opened
  access.apply({ ban: ['a'], trust: [trust('t')] }, 1)
  const before = rows(opened)
  const broken = trust('x', {} as unknown as string) // the last step of its change
  assert.throws(() => access.apply({ unban: ['a'], untrust: ['t'], ban: ['b'], trust: [broken] }, 2), TypeError)
  assert.equal(database.isTransaction, false)
  assert.deepEqual(rows(opened), before)
})

test('at most eight addresses are kept, and a spoilt list counts as none', (t) => {
  const { access, database } = open(t)
  const addresses = Array.from({ length: 12 }, (_, index) => `/ip4/192.0.2.${index}`)
  access.apply({ trust: [trust('t', null, addresses)] }, 1)
  assert.deepEqual(access.load().trustedPeers, [trust('t', null, addresses.slice(0, 8))])
  database.exec("UPDATE trusted_peers SET addresses = '{'")
  assert.deepEqual(access.load().trustedPeers, [trust('t', null, [])])
})

const key = fc.constantFrom('a', 'b', 'c', 'd')
const keys = fc.array(key, { maxLength: 3 })
const change: fc.Arbitrary<StoredAccessChange> = fc.record(
  {
    unban: keys,
    ban: keys,
    unbanRanges: keys,
    banRanges: keys,
    unbanAgents: keys,
    banAgents: keys,
    untrust: keys,
    trust: fc.array(
      fc.tuple(key, fc.option(fc.string())).map(([id, enr]) => trust(id, enr)),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
)

test('any change can be taken back exactly, and made again', (t) => {
  const opened = open(t)
  const { access, explicit } = opened
  let nowMs = 0
  fc.assert(
    fc.property(change, keys, (next, explicitPeers) => {
      nowMs++
      for (const peerId of explicitPeers) explicit.put({ peerId, addresses: [peerId], addedAtMs: nowMs })
      const before = rows(opened)
      const takeBack = access.apply(next, nowMs)
      const made = rows(opened)
      const repeat = access.apply({ ...next, unban: [], unbanRanges: [], unbanAgents: [], untrust: [] }, nowMs + 1)
      assert.deepEqual(rows(opened), made, 'what is there already is added once')
      repeat()
      takeBack()
      assert.deepEqual(rows(opened), before)
      access.apply(next, nowMs)
      assert.deepEqual(rows(opened), made)
    }),
    { numRuns: 60 },
  )
})
