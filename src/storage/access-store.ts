import type { DatabaseSync } from 'node:sqlite'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_PEER_ADDRESSES } from '../shared/limits.ts'
import { KeyedTable, type RowBefore } from './keyed-table.ts'
import { readTextList } from './text-list.ts'
import { inTransaction } from './transaction.ts'

export interface StoredTrust {
  readonly peerId: PeerIdStr
  readonly enr: string | null
  readonly addresses: readonly string[]
}

/** Everything the operators banned and trusted, each list in the order of its additions. */
export interface StoredAccess {
  readonly bannedPeers: readonly PeerIdStr[]
  readonly bannedRanges: readonly string[]
  readonly bannedAgents: readonly string[]
  readonly trustedPeers: readonly StoredTrust[]
}

/** What is taken from the lists, and then added to them. */
export interface StoredAccessChange {
  readonly unban?: readonly PeerIdStr[]
  readonly ban?: readonly PeerIdStr[]
  readonly unbanRanges?: readonly string[]
  readonly banRanges?: readonly string[]
  readonly unbanAgents?: readonly string[]
  readonly banAgents?: readonly string[]
  readonly untrust?: readonly PeerIdStr[]
  readonly trust?: readonly StoredTrust[]
}

/** One thing done to one row. */
interface Step {
  readonly table: KeyedTable
  readonly key: string
  run(): void
}

function removals(table: KeyedTable, keys: readonly string[] = []): Step[] {
  return keys.map((key) => ({ table, key, run: () => table.delete(key) }))
}

function bans(table: KeyedTable, nowMs: number, keys: readonly string[] = []): Step[] {
  return keys.map((key) => ({ table, key, run: () => table.put(key, nowMs) }))
}

function keysOf(table: KeyedTable, column: string): readonly string[] {
  return table.all().map((row) => String(row[column]))
}

/** The operators' bans and trust. Each write is durable when its call returns. How much may be there is for callers to say. */
export class AccessStore {
  readonly #database: DatabaseSync
  readonly #peers: KeyedTable
  readonly #ranges: KeyedTable
  readonly #agents: KeyedTable
  readonly #trusted: KeyedTable
  /** Of ExplicitPeersStore: whoever is banned leaves it in the same transaction. */
  readonly #explicit: KeyedTable

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#peers = new KeyedTable(database, 'banned_peers', ['peer_id', 'banned_at_ms'], ['banned_at_ms'])
    this.#ranges = new KeyedTable(database, 'banned_ranges', ['cidr', 'banned_at_ms'], ['banned_at_ms'])
    this.#agents = new KeyedTable(database, 'banned_agents', ['agent', 'banned_at_ms'], ['banned_at_ms'])
    const trusted = ['peer_id', 'enr', 'addresses', 'added_at_ms']
    this.#trusted = new KeyedTable(database, 'trusted_peers', trusted, ['added_at_ms'])
    this.#explicit = new KeyedTable(database, 'explicit_peers', ['peer_id', 'addresses', 'added_at_ms'])
  }

  load(): StoredAccess {
    return {
      bannedPeers: keysOf(this.#peers, 'peer_id'),
      bannedRanges: keysOf(this.#ranges, 'cidr'),
      bannedAgents: keysOf(this.#agents, 'agent'),
      trustedPeers: this.#trusted.all().map((row) => ({
        peerId: String(row['peer_id']),
        enr: row['enr'] === null ? null : String(row['enr']),
        addresses: readTextList(row['addresses']),
      })),
    }
  }

  /**
   * Makes a change, all of it or nothing; explicit peers that it bans are deleted with it. Idempotent.
   * @param nowMs Unix time of what is added
   * @returns takes the change back, all of it or nothing: every row is then as it was. To be called before any other
   * change, if at all
   * @throws what SQLite says when it cannot write
   */
  apply(change: StoredAccessChange, nowMs: number): () => void {
    const steps = this.#stepsOf(change, nowMs)
    const before = inTransaction(this.#database, () => {
      const rows: RowBefore[] = []
      for (const { table, key, run } of steps) {
        rows.push(table.before(key))
        run()
      }
      return rows
    })
    return () => {
      inTransaction(this.#database, () => {
        // Backwards: a key that two steps touched ends as it was before the first.
        for (const [index, { table, key }] of [...steps.entries()].toReversed()) table.restore(key, before[index])
      })
    }
  }

  #stepsOf(change: StoredAccessChange, nowMs: number): readonly Step[] {
    return [
      ...removals(this.#peers, change.unban),
      ...removals(this.#ranges, change.unbanRanges),
      ...removals(this.#agents, change.unbanAgents),
      ...removals(this.#trusted, change.untrust),
      ...removals(this.#explicit, change.ban),
      ...bans(this.#peers, nowMs, change.ban),
      ...bans(this.#ranges, nowMs, change.banRanges),
      ...bans(this.#agents, nowMs, change.banAgents),
      ...(change.trust ?? []).map((peer) => this.#trustStep(peer, nowMs)),
    ]
  }

  #trustStep({ peerId, enr, addresses }: StoredTrust, nowMs: number): Step {
    const table = this.#trusted
    const kept = JSON.stringify(addresses.slice(0, MAX_PEER_ADDRESSES))
    return { table, key: peerId, run: () => table.put(peerId, enr, kept, nowMs) }
  }
}
