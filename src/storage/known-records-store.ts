import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_KNOWN_RECORDS } from '../shared/limits.ts'
import { inTransaction } from './transaction.ts'

/** A peer's node record, and how the peer served us. Times are Unix ms. */
export interface StoredRecord {
  readonly peerId: PeerIdStr
  readonly enr: string
  readonly lastSeenMs: number
  /** Null when it was never measured. */
  readonly bestRttMs: number | null
  /** Null when it was never connected. */
  readonly lastConnectedMs: number | null
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value)
}

function toRecord(row: Readonly<Record<string, unknown>>): StoredRecord {
  return {
    peerId: String(row['peer_id']),
    enr: String(row['enr']),
    lastSeenMs: Number(row['last_seen_ms']),
    bestRttMs: numberOrNull(row['best_rtt_ms']),
    lastConnectedMs: numberOrNull(row['last_connected_ms']),
  }
}

/**
 * Records of peers worth dialling, so that a start finds its old peers without asking anybody. Bounded: of more than
 * {@link MAX_KNOWN_RECORDS} those go that never were connected, and of equals the longest unseen.
 */
export class KnownRecordsStore {
  readonly #database: DatabaseSync
  readonly #all: StatementSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #trim: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#all = database.prepare('SELECT * FROM known_records ORDER BY last_seen_ms, rowid')
    this.#put = database.prepare(
      `REPLACE INTO known_records (peer_id, enr, last_seen_ms, best_rtt_ms, last_connected_ms)
       VALUES (?, ?, ?, ?, ?)`,
    )
    this.#delete = database.prepare('DELETE FROM known_records WHERE peer_id = ?')
    this.#trim = database.prepare(
      `DELETE FROM known_records WHERE rowid IN
         (SELECT rowid FROM known_records ORDER BY last_connected_ms IS NULL, last_seen_ms DESC, rowid DESC
          LIMIT -1 OFFSET ${MAX_KNOWN_RECORDS})`,
    )
  }

  /** The longest unseen first. */
  all(): readonly StoredRecord[] {
    return this.#all.all().map(toRecord)
  }

  /** Forgets `forgotten`, then takes `records`, all of it or nothing. @throws what SQLite says when it cannot write */
  apply(records: readonly StoredRecord[], forgotten: readonly PeerIdStr[]): void {
    inTransaction(this.#database, () => {
      for (const peerId of forgotten) this.#delete.run(peerId)
      for (const { peerId, enr, lastSeenMs, bestRttMs, lastConnectedMs } of records) {
        // The columns of times hold whole numbers only.
        const connectedMs = lastConnectedMs === null ? null : Math.round(lastConnectedMs)
        this.#put.run(peerId, enr, Math.round(lastSeenMs), bestRttMs, connectedMs)
      }
      this.#trim.run()
    })
  }
}
