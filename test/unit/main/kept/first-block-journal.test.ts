import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import { FirstBlockJournal } from '../../../../src/main/kept/first-block-journal.ts'
import { MAX_FIRST_BLOCK_SENDERS } from '../../../../src/shared/limits.ts'
import { FirstBlockSendersStore } from '../../../../src/storage/first-block-senders-store.ts'
import { openDatabase } from '../../../../src/storage/open-database.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function open(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'starling-journal-'))
  const database = openDatabase(dir)
  t.after(() => {
    if (database.isOpen) database.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const store = new FirstBlockSendersStore(database)
  const writes = t.mock.method(store, 'add')
  const logged: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const clock = new FakeClock(1_000)
  const journal = new FirstBlockJournal({ store, clock, log })
  return { database, store, clock, journal, logged, transactions: () => writes.mock.callCount() }
}

test('the blocks of a second are written in one transaction at its end', (t) => {
  const { store, clock, journal, transactions } = open(t)
  journal.received('a')
  clock.advance(300)
  journal.received('b')
  clock.advance(300)
  journal.received('a')
  clock.advance(399)
  assert.deepEqual(store.all(), [])
  clock.advance(1)
  assert.deepEqual(store.all(), [
    { peerId: 'b', count: 1, lastAtMs: 1_300 },
    { peerId: 'a', count: 2, lastAtMs: 1_600 },
  ])
  assert.equal(transactions(), 1)
  journal.received('b')
  clock.advance(1_000)
  assert.deepEqual(store.all().at(-1), { peerId: 'b', count: 2, lastAtMs: 2_000 })
  clock.advance(60_000)
  assert.equal(transactions(), 2, 'nothing to write, nothing written')
})

test('a close writes the rest, and takes nothing after it', (t) => {
  const { store, clock, journal } = open(t)
  journal.received('a')
  journal.close()
  assert.deepEqual(store.all(), [{ peerId: 'a', count: 1, lastAtMs: 1_000 }])
  journal.received('a')
  journal.close()
  assert.equal(store.all()[0]?.count, 1)
  assert.equal(clock.pending, 0)
})

test('as many peers as are kept do not wait', (t) => {
  const { store, clock, journal } = open(t)
  for (let index = 0; index < MAX_FIRST_BLOCK_SENDERS; index++) journal.received(`p${index}`)
  assert.equal(store.all().length, MAX_FIRST_BLOCK_SENDERS)
  assert.equal(clock.pending, 0)
})

test('what cannot be written is a warning, and what comes later is written', (t) => {
  const { database, store, clock, journal, logged } = open(t)
  database.exec('BEGIN') // transactions do not nest
  journal.received('a')
  clock.advance(1_000)
  database.exec('ROLLBACK')
  assert.deepEqual(
    logged.map(({ level, msg, senders }) => [level, msg, senders]),
    [[40, 'first senders of blocks were not written', 1]],
  )
  journal.received('b')
  clock.advance(1_000)
  assert.deepEqual(
    store.all().map(({ peerId }) => peerId),
    ['b'],
  )
})
