/**
 * The database of a data directory: what operators did at run time and what else outlives a restart. The main thread
 * alone opens it. The file stays locked as long as it is open, so that a second relay on the same directory cannot
 * start; the system takes the lock from a process that dies.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RelayError } from '../shared/errors.ts'
import { migrate, schemaVersion } from './migrations.ts'

export const DATABASE_FILE = 'starling.db'

/** How long the start waits for another process to let go of the file: one that is about to end has done so by then. */
const LOCK_WAIT_MS = 1_000

/** SQLite's primary result codes (sqlite.org/rescode.html), in words that tell an operator what to do. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [5, 'is in use by another process: every relay needs a data directory of its own'],
  [8, 'cannot be written'],
  [11, 'is damaged; move it away to start without what was changed over the API'],
  [13, 'cannot grow: the disk is full'],
  [14, 'cannot be opened'],
  [26, 'is not a database; move it away to start without what was changed over the API'],
])

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause instanceof RelayError) return cause.message
  // The lower byte of an extended result code is the primary one.
  const known = 'errcode' in cause && typeof cause.errcode === 'number' ? REASONS.get(cause.errcode & 0xff) : undefined
  return known ?? `cannot be opened: ${cause.message}`
}

function assertIntact(database: DatabaseSync): void {
  const finding = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
  if (finding !== 'ok') throw new RelayError('CONFIG_INVALID', `${REASONS.get(11)}: ${finding}`)
}

function prepareDatabase(database: DatabaseSync): void {
  // Before the first access: the lock of that access is then kept, and the WAL's index needs no shared file.
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  // A write lock at once: two processes that began by reading would keep each other from ever getting it.
  database.exec('BEGIN EXCLUSIVE')
  const version = schemaVersion(database)
  database.exec('COMMIT')
  database.exec('PRAGMA journal_mode = WAL')
  // With NORMAL a commit may be lost when the machine loses power, and we answer after the commit.
  database.exec('PRAGMA synchronous = FULL')
  database.exec('PRAGMA foreign_keys = ON')
  assertIntact(database)
  migrate(database, version)
}

/**
 * Opens `<dataDir>/starling.db`, made when it is not there, and brings its schema up to this release. The caller closes
 * it. Waits up to 1 s for its lock.
 * @throws RelayError CONFIG_INVALID that names the file: in use by another process, of a newer release, of another
 * program, no database, damaged, or not writable
 */
export function openDatabase(dataDir: string): DatabaseSync {
  const file = join(dataDir, DATABASE_FILE)
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dataDir, { recursive: true })
    database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS })
    prepareDatabase(database)
    return database
  } catch (cause) {
    database?.close()
    throw new RelayError('CONFIG_INVALID', `${file} ${reason(cause)}`, {}, { cause })
  }
}
