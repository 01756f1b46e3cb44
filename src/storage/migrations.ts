/**
 * The schema, as the steps that lead to it. A step that was released is never edited: databases that have taken it do
 * not take it again. `user_version` counts the steps taken; there is no way back.
 */
import type { DatabaseSync } from 'node:sqlite'
import { RelayError } from '../shared/errors.ts'
import { inTransaction } from './transaction.ts'

/** "STRL", so that a file that another program made under our name is left alone. */
const APPLICATION_ID = 0x5354524c

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runtime_settings (
     name TEXT PRIMARY KEY,
     value REAL NOT NULL,
     start_up_value REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE explicit_peers (
     peer_id TEXT PRIMARY KEY,
     addresses TEXT NOT NULL,
     added_at_ms INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE banned_peers (
     peer_id TEXT PRIMARY KEY,
     banned_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE banned_ranges (
     cidr TEXT PRIMARY KEY,
     banned_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE banned_agents (
     agent TEXT PRIMARY KEY,
     banned_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE trusted_peers (
     peer_id TEXT PRIMARY KEY,
     enr TEXT,
     addresses TEXT NOT NULL,
     added_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE score_bans (
     peer_id TEXT PRIMARY KEY,
     peer_score REAL NOT NULL,
     gossip_score REAL NOT NULL,
     banned_at_ms INTEGER NOT NULL,
     frozen_until_ms INTEGER NOT NULL,
     ips TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE first_block_senders (
     peer_id TEXT PRIMARY KEY,
     count INTEGER NOT NULL,
     last_at_ms INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE known_records (
     peer_id TEXT PRIMARY KEY,
     enr TEXT NOT NULL,
     last_seen_ms INTEGER NOT NULL,
     best_rtt_ms REAL,
     last_connected_ms INTEGER
   ) STRICT;
   CREATE TABLE discovered_peers (
     place INTEGER PRIMARY KEY,
     peer_id TEXT NOT NULL UNIQUE
   ) STRICT;`,
  `CREATE TABLE chain (
     only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
     genesis_validators_root TEXT NOT NULL,
     network TEXT NOT NULL
   ) STRICT;`,
]

/** Steps that this release knows. */
export const SCHEMA_VERSION = MIGRATIONS.length

function readNumber(database: DatabaseSync, sql: string): number {
  const row = database.prepare(sql).get()
  return row === undefined ? 0 : Number(Object.values(row)[0])
}

/**
 * Answers how many steps the database has taken. Reads only.
 * @throws RelayError CONFIG_INVALID, without the file's name, when it is not ours or of a newer release
 */
export function schemaVersion(database: DatabaseSync): number {
  const version = readNumber(database, 'PRAGMA user_version')
  const isOurs = readNumber(database, 'PRAGMA application_id') === APPLICATION_ID
  const isEmpty = version === 0 && readNumber(database, 'SELECT count(*) FROM sqlite_schema') === 0
  if (!isOurs && !isEmpty) throw new RelayError('CONFIG_INVALID', 'is a database of another program')
  if (version <= SCHEMA_VERSION) return version
  throw new RelayError(
    'CONFIG_INVALID',
    `was written by a newer release: it has schema ${version}, this release knows up to ${SCHEMA_VERSION}`,
  )
}

/** Takes the steps that are missing, all of them or none. */
export function migrate(database: DatabaseSync, from: number): void {
  if (from === SCHEMA_VERSION) return
  inTransaction(database, () => {
    for (const step of MIGRATIONS.slice(from)) database.exec(step)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}
