import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { inTransaction } from './transaction.ts'

/** A setting changed over the API, and what its start-up value was at that moment. */
export interface StoredSetting {
  readonly name: string
  readonly value: number
  readonly startUpValue: number
}

/** The settings that were changed at run time; those that were not have no row. A handful: one for each name. */
export class RuntimeSettingsStore {
  readonly #database: DatabaseSync
  readonly #select: StatementSync
  readonly #clear: StatementSync
  readonly #insert: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#select = database.prepare('SELECT name, value, start_up_value FROM runtime_settings ORDER BY name')
    this.#clear = database.prepare('DELETE FROM runtime_settings')
    this.#insert = database.prepare('INSERT INTO runtime_settings (name, value, start_up_value) VALUES (?, ?, ?)')
  }

  all(): readonly StoredSetting[] {
    return this.#select.all().map((row) => ({
      name: String(row['name']),
      value: Number(row['value']),
      startUpValue: Number(row['start_up_value']),
    }))
  }

  /** Makes these the stored ones, durably when it returns. @throws what SQLite says; nothing is changed then */
  replace(settings: readonly StoredSetting[]): void {
    inTransaction(this.#database, () => {
      this.#clear.run()
      for (const { name, value, startUpValue } of settings) this.#insert.run(name, value, startUpValue)
    })
  }
}
