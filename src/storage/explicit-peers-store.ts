import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RelayError } from '../shared/errors.ts'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_EXPLICIT_PEERS, MAX_PEER_ADDRESSES } from '../shared/limits.ts'
import { readTextList } from './text-list.ts'

export interface StoredPeer {
  readonly peerId: PeerIdStr
  /** Multiaddrs, newest first. */
  readonly addresses: readonly string[]
  /** Unix time. */
  readonly addedAtMs: number
}

/** Far above every multiaddr that can be dialled. */
const MAX_ADDRESS_CHARS = 512

function kept(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => address.length <= MAX_ADDRESS_CHARS).slice(0, MAX_PEER_ADDRESSES)
}

function toPeer(row: Readonly<Record<string, unknown>>): StoredPeer {
  return {
    peerId: String(row['peer_id']),
    addresses: kept(readTextList(row['addresses'])),
    addedAtMs: Number(row['added_at_ms']),
  }
}

/** The explicit peers of the operators. Each write is durable when its call returns. */
export class ExplicitPeersStore {
  readonly #all: StatementSync
  readonly #get: StatementSync
  readonly #count: StatementSync
  readonly #upsert: StatementSync
  readonly #delete: StatementSync

  constructor(database: DatabaseSync) {
    this.#all = database.prepare('SELECT * FROM explicit_peers ORDER BY added_at_ms, rowid')
    this.#get = database.prepare('SELECT * FROM explicit_peers WHERE peer_id = ?')
    this.#count = database.prepare('SELECT count(*) AS count FROM explicit_peers')
    this.#upsert = database.prepare(
      `INSERT INTO explicit_peers (peer_id, addresses, added_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (peer_id) DO UPDATE SET addresses = excluded.addresses`,
    )
    this.#delete = database.prepare('DELETE FROM explicit_peers WHERE peer_id = ?')
  }

  /** Oldest first. */
  all(): readonly StoredPeer[] {
    return this.#all.all().map(toPeer)
  }

  get(peerId: PeerIdStr): StoredPeer | undefined {
    const row = this.#get.get(peerId)
    return row === undefined ? undefined : toPeer(row)
  }

  /**
   * Adds a peer, or takes new addresses of one that is there. At most 8 addresses are kept, none over 512 characters.
   * @throws LIST_FULL when there are {@link MAX_EXPLICIT_PEERS} others; what SQLite says when it cannot write
   */
  put({ peerId, addresses, addedAtMs }: StoredPeer): void {
    if (Number(this.#count.get()?.['count']) >= MAX_EXPLICIT_PEERS && this.#get.get(peerId) === undefined) {
      throw new RelayError('LIST_FULL', `at most ${MAX_EXPLICIT_PEERS} explicit peers`)
    }
    this.#upsert.run(peerId, JSON.stringify(kept(addresses)), addedAtMs)
  }

  /** Idempotent. */
  delete(peerId: PeerIdStr): void {
    this.#delete.run(peerId)
  }
}
