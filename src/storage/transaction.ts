import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs `work` in one transaction: all of it is on the disk when this returns, or nothing of it after a throw.
 * `work` is synchronous; transactions do not nest.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK') // SQLite itself rolls back after some failures of the disk
    throw cause
  }
}
