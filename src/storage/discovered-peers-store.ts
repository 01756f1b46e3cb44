import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_DISCOVERED_PEERS } from '../shared/limits.ts'
import { inTransaction } from './transaction.ts'

/** Ids of the peers that discovery found, over all runs. Bounded: beyond {@link MAX_DISCOVERED_PEERS} the oldest go. */
export class DiscoveredPeersStore {
  readonly #database: DatabaseSync
  readonly #all: StatementSync
  readonly #add: StatementSync
  readonly #trim: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#all = database.prepare('SELECT peer_id FROM discovered_peers ORDER BY place')
    this.#add = database.prepare('INSERT INTO discovered_peers (peer_id) VALUES (?) ON CONFLICT (peer_id) DO NOTHING')
    this.#trim = database.prepare(
      `DELETE FROM discovered_peers WHERE place <=
         (SELECT place FROM discovered_peers ORDER BY place DESC LIMIT 1 OFFSET ${MAX_DISCOVERED_PEERS})`,
    )
  }

  /** In the order of their discovery. */
  all(): readonly PeerIdStr[] {
    return this.#all.all().map((row) => String(row['peer_id']))
  }

  /** Adds those that are not there, all of them or none. @throws what SQLite says when it cannot write */
  add(peerIds: readonly PeerIdStr[]): void {
    inTransaction(this.#database, () => {
      for (const peerId of peerIds) this.#add.run(peerId)
      this.#trim.run()
    })
  }
}
