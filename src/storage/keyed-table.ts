import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** A row as it was, its place included; undefined when there was none. */
export type RowBefore = readonly SQLInputValue[] | undefined

/**
 * One table with a key, as the changes of several tables in one transaction need it: its rows can be put back exactly
 * as they were. The caller opens the transaction.
 */
export class KeyedTable {
  readonly #all: StatementSync
  readonly #get: StatementSync
  readonly #add: StatementSync
  readonly #restore: StatementSync
  readonly #delete: StatementSync

  /**
   * @param columns the key first. A second `put` of a key keeps its place and the columns in `keeps`
   */
  constructor(database: DatabaseSync, table: string, columns: readonly string[], keeps: readonly string[] = []) {
    const [key = ''] = columns
    const names = columns.join(', ')
    const marks = columns.map(() => '?').join(', ')
    const changed = columns.slice(1).filter((column) => !keeps.includes(column))
    const conflict =
      changed.length === 0
        ? 'DO NOTHING'
        : `DO UPDATE SET ${changed.map((column) => `${column} = excluded.${column}`).join(', ')}`
    this.#all = database.prepare(`SELECT ${names} FROM ${table} ORDER BY rowid`)
    this.#get = database.prepare(`SELECT rowid AS place, ${names} FROM ${table} WHERE ${key} = ?`)
    this.#add = database.prepare(`INSERT INTO ${table} (${names}) VALUES (${marks}) ON CONFLICT (${key}) ${conflict}`)
    this.#restore = database.prepare(`INSERT INTO ${table} (rowid, ${names}) VALUES (?, ${marks})`)
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE ${key} = ?`)
  }

  /** In the order in which they were added. */
  all(): readonly Readonly<Record<string, unknown>>[] {
    return this.#all.all()
  }

  before(key: string): RowBefore {
    const row = this.#get.get(key)
    return row === undefined ? undefined : (Object.values(row) as SQLInputValue[])
  }

  put(...values: readonly SQLInputValue[]): void {
    this.#add.run(...values)
  }

  delete(key: string): void {
    this.#delete.run(key)
  }

  /** Makes the row of a key what `before` answered. */
  restore(key: string, before: RowBefore): void {
    this.#delete.run(key)
    if (before !== undefined) this.#restore.run(...before)
  }
}
