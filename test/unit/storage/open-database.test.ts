import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { SCHEMA_VERSION } from '../../../src/storage/migrations.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { dataDir } from './data-dir.ts'

const TABLES = [
  'banned_agents',
  'banned_peers',
  'banned_ranges',
  'chain',
  'discovered_peers',
  'explicit_peers',
  'first_block_senders',
  'known_records',
  'runtime_settings',
  'score_bans',
  'trusted_peers',
]

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]
}

function tables(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name)
}

test('a directory that is not there is made, and the file gets the newest schema', (t) => {
  const dir = join(dataDir(t), 'a', 'b')
  const database = openDatabase(dir)
  assert.deepEqual(tables(database), TABLES)
  assert.equal(pragma(database, 'user_version'), SCHEMA_VERSION)
  assert.equal(pragma(database, 'journal_mode'), 'wal')
  assert.equal(pragma(database, 'synchronous'), 2, 'FULL')
  assert.equal(pragma(database, 'foreign_keys'), 1)
  database.close()
  assert.deepEqual(readdirSync(dir), ['starling.db'], 'a close leaves one file, fit for copying')
})

test('an empty file is migrated like a missing one', (t) => {
  const dir = dataDir(t)
  writeFileSync(join(dir, 'starling.db'), '')
  const database = openDatabase(dir)
  assert.deepEqual(tables(database), TABLES)
  database.close()
})

test('opening again keeps what is there and migrates nothing twice', (t) => {
  const dir = dataDir(t)
  const first = openDatabase(dir)
  first.exec("INSERT INTO runtime_settings VALUES ('network_load', 8, 5)")
  first.close()
  const second = openDatabase(dir)
  assert.deepEqual(
    { ...second.prepare('SELECT * FROM runtime_settings').get() },
    {
      name: 'network_load',
      value: 8,
      start_up_value: 5,
    },
  )
  second.close()
})

function refusal(dir: string, text: string) {
  return { name: 'RelayError', code: 'CONFIG_INVALID', message: `${join(dir, 'starling.db')} ${text}` }
}

test('a file of a newer release is refused by name and left as it is', (t) => {
  const dir = dataDir(t)
  const database = openDatabase(dir)
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
  database.close()
  const before = readFileSync(join(dir, 'starling.db'))
  assert.throws(
    () => openDatabase(dir),
    refusal(
      dir,
      `was written by a newer release: it has schema ${SCHEMA_VERSION + 1}, this release knows up to ${SCHEMA_VERSION}`,
    ),
  )
  assert.deepEqual(readFileSync(join(dir, 'starling.db')), before)
})

test('a database of another program is refused and left as it is', (t) => {
  const dir = dataDir(t)
  const other = new DatabaseSync(join(dir, 'starling.db'))
  other.exec('CREATE TABLE birds (name TEXT)')
  other.close()
  const before = readFileSync(join(dir, 'starling.db'))
  assert.throws(() => openDatabase(dir), refusal(dir, 'is a database of another program'))
  assert.deepEqual(readFileSync(join(dir, 'starling.db')), before)
})

test('a file that is no database is refused and left as it is', (t) => {
  const dir = dataDir(t)
  const text = 'not a database\n'.repeat(100)
  writeFileSync(join(dir, 'starling.db'), text)
  const expected = refusal(dir, 'is not a database; move it away to start without what was changed over the API')
  assert.throws(() => openDatabase(dir), expected)
  assert.equal(readFileSync(join(dir, 'starling.db'), 'utf8'), text)
})

test('a damaged database is refused', (t) => {
  const dir = dataDir(t)
  openDatabase(dir).close()
  const file = openSync(join(dir, 'starling.db'), 'r+')
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096) // the second page, one of a table
  closeSync(file)
  assert.throws(() => openDatabase(dir), {
    code: 'CONFIG_INVALID',
    message: /starling\.db is damaged; move it away to start without/,
  })
})

test('a directory in the place of the file is refused', (t) => {
  const dir = dataDir(t)
  mkdirSync(join(dir, 'starling.db'))
  assert.throws(() => openDatabase(dir), refusal(dir, 'cannot be opened'))
})

test('a data directory that cannot be made is refused', (t) => {
  const dir = join(dataDir(t), 'file')
  writeFileSync(dir, '')
  assert.throws(() => openDatabase(dir), { code: 'CONFIG_INVALID', message: /starling\.db cannot be opened: EEXIST/ })
})

test('a second opening is refused while the first has it, even if that never wrote, and works after its close', (t) => {
  const dir = dataDir(t)
  openDatabase(dir).close()
  const first = openDatabase(dir)
  const inUse = refusal(dir, 'is in use by another process: every relay needs a data directory of its own')
  assert.throws(() => openDatabase(dir), inUse)
  first.exec("INSERT INTO runtime_settings VALUES ('network_load', 8, 5)")
  assert.throws(() => openDatabase(dir), inUse)
  first.close()
  openDatabase(dir).close()
})
