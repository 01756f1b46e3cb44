import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_FIRST_BLOCK_SENDERS } from '../shared/limits.ts'
import { inTransaction } from './transaction.ts'

/** How many blocks came from a peer first. */
export interface StoredFirstSender {
  readonly peerId: PeerIdStr
  readonly count: number
  /** Unix time of the last one. */
  readonly lastAtMs: number
}

function toSender(row: Readonly<Record<string, unknown>>): StoredFirstSender {
  return { peerId: String(row['peer_id']), count: Number(row['count']), lastAtMs: Number(row['last_at_ms']) }
}

/**
 * Counts of first senders, over all runs. Bounded: of more than {@link MAX_FIRST_BLOCK_SENDERS} those go that have the
 * fewest blocks, of equals the longest unused.
 */
export class FirstBlockSendersStore {
  readonly #database: DatabaseSync
  readonly #all: StatementSync
  readonly #add: StatementSync
  readonly #trim: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#all = database.prepare('SELECT * FROM first_block_senders ORDER BY last_at_ms, rowid')
    this.#add = database.prepare(
      `INSERT INTO first_block_senders (peer_id, count, last_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (peer_id) DO UPDATE SET count = count + excluded.count, last_at_ms = excluded.last_at_ms`,
    )
    this.#trim = database.prepare(
      `DELETE FROM first_block_senders WHERE rowid IN
         (SELECT rowid FROM first_block_senders ORDER BY count DESC, last_at_ms DESC, rowid DESC
          LIMIT -1 OFFSET ${MAX_FIRST_BLOCK_SENDERS})`,
    )
  }

  /** The longest unused first. */
  all(): readonly StoredFirstSender[] {
    return this.#all.all().map(toSender)
  }

  /** Adds counts to those that are there, all of it or nothing. @throws what SQLite says when it cannot write */
  add(senders: readonly StoredFirstSender[]): void {
    inTransaction(this.#database, () => {
      // The column of times holds whole numbers only.
      for (const { peerId, count, lastAtMs } of senders) this.#add.run(peerId, count, Math.round(lastAtMs))
      this.#trim.run()
    })
  }
}
