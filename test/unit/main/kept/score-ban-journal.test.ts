import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import { ScoreBanJournal } from '../../../../src/main/kept/score-ban-journal.ts'
import type { ScoreBan } from '../../../../src/rpc/access.ts'
import { MAX_SCORE_BANS } from '../../../../src/shared/limits.ts'
import { openDatabase } from '../../../../src/storage/open-database.ts'
import { ScoreBansStore } from '../../../../src/storage/score-bans-store.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function ban(peerId: string, bannedAtMs = 0): ScoreBan {
  return { peerId, peerScore: -100, gossipScore: 0, bannedAtMs, frozenUntilMs: bannedAtMs + 1_000, ips: ['192.0.2.1'] }
}

function open(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'starling-journal-'))
  const database = openDatabase(dir)
  t.after(() => {
    if (database.isOpen) database.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const store = new ScoreBansStore(database)
  const writes = t.mock.method(store, 'apply')
  const logged: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const clock = new FakeClock()
  const journal = new ScoreBanJournal({ store, clock, log })
  return { database, store, clock, journal, logged, transactions: () => writes.mock.callCount() }
}

test('what a second brings is written in one transaction at its end', (t) => {
  const { store, clock, journal, transactions } = open(t)
  journal.banned(ban('a', 1))
  clock.advance(600)
  journal.banned(ban('b', 2))
  journal.banned(ban('c', 3))
  journal.lifted('b')
  clock.advance(399)
  assert.deepEqual(store.all(), [])
  clock.advance(1)
  assert.deepEqual(store.all(), [ban('a', 1), ban('c', 3)])
  assert.equal(transactions(), 1)
  journal.lifted('a')
  journal.banned(ban('a', 9))
  clock.advance(1_000)
  assert.deepEqual(store.all(), [ban('c', 3), ban('a', 9)])
  clock.advance(60_000)
  assert.equal(transactions(), 2, 'nothing to write, nothing written')
})

test('a close writes the rest, and takes nothing after it', (t) => {
  const { store, clock, journal } = open(t)
  journal.banned(ban('a'))
  journal.close()
  assert.deepEqual(store.all(), [ban('a')])
  assert.equal(clock.pending, 0)
  journal.lifted('a')
  journal.close()
  assert.deepEqual(store.all(), [ban('a')])
  assert.equal(clock.pending, 0)
})

test('as many as can be banned at once do not wait', (t) => {
  const { store, clock, journal } = open(t)
  for (let index = 0; index < MAX_SCORE_BANS; index++) journal.banned(ban(`p${index}`, index))
  assert.equal(store.all().length, MAX_SCORE_BANS)
  assert.equal(clock.pending, 0)
})

test('what cannot be written is a warning, and what comes later is written', (t) => {
  const { database, store, clock, journal, logged } = open(t)
  database.exec('BEGIN') // transactions do not nest
  journal.banned(ban('a'))
  clock.advance(1_000)
  database.exec('ROLLBACK')
  assert.deepEqual(
    logged.map(({ level, msg, bans }) => [level, msg, bans]),
    [[40, 'score bans were not written', 1]],
  )
  journal.banned(ban('b'))
  clock.advance(1_000)
  assert.deepEqual(store.all(), [ban('b')])
})
