import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { MAX_SCORE_BANS } from '../../../src/shared/limits.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { ScoreBansStore, type StoredScoreBan } from '../../../src/storage/score-bans-store.ts'
import { dataDir } from './data-dir.ts'

function open(t: TestContext) {
  const database = openDatabase(dataDir(t))
  t.after(() => database.close())
  return { database, store: new ScoreBansStore(database) }
}

function ban(peerId: string, bannedAtMs = 0, other: Partial<StoredScoreBan> = {}): StoredScoreBan {
  return {
    peerId,
    peerScore: -60.25,
    gossipScore: -16_000.5,
    bannedAtMs,
    frozenUntilMs: bannedAtMs + 1_800_000,
    ips: ['192.0.2.1', '2001:db8::1'],
    ...other,
  }
}

test('oldest first; a peer banned again has its newest ban; lifted ones are gone', (t) => {
  const { store } = open(t)
  store.apply([ban('c', 3), ban('a', 1), ban('b', 2)], [])
  store.apply([ban('a', 4, { peerScore: -80, ips: [] })], ['b', 'nobody'])
  assert.deepEqual(store.all(), [ban('c', 3), ban('a', 4, { peerScore: -80, ips: [] })])
  store.apply([ban('c', 9)], ['c'])
  assert.deepEqual(store.all().at(-1), ban('c', 9), 'a ban after the lifting of the one before')
})

test('of more than can be remembered the oldest go', (t) => {
  const { store } = open(t)
  const bans = Array.from({ length: MAX_SCORE_BANS + 5 }, (_, index) => ban(`p${index}`, index))
  store.apply(bans.toReversed(), [])
  assert.deepEqual(store.all(), bans.slice(5))
})

test('a batch that fails changes nothing', (t) => {
  const { store, database } = open(t)
  store.apply([ban('a')], [])
  assert.throws(() => store.apply([ban('b'), ban('c', 0, { peerScore: Number.NaN })], ['a']), /NOT NULL/)
  assert.equal(database.isTransaction, false)
  assert.deepEqual(store.all(), [ban('a')])
})

test('any finite scores and any texts come back; times in whole ms', (t) => {
  const { store, database } = open(t)
  const score = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number))
  const any = fc.record({
    peerId: fc.string({ minLength: 1 }),
    peerScore: score,
    gossipScore: score,
    bannedAtMs: fc.nat(),
    frozenUntilMs: fc.nat(),
    ips: fc.array(fc.string(), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(any, (each) => {
      store.apply([each], [])
      assert.deepEqual(store.all(), [{ ...each }])
      store.apply([], [each.peerId])
      assert.deepEqual(store.all(), [])
    }),
    { numRuns: 50 },
  )
  store.apply([ban('a', 1.4)], [])
  assert.deepEqual(store.all()[0]?.bannedAtMs, 1)
  database.exec("UPDATE score_bans SET ips = 'nonsense'")
  assert.deepEqual(store.all()[0]?.ips, [])
})
