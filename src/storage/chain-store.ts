import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A chain, by what sets it apart from every other one, and as people call it. */
export interface StoredChain {
  /** 64 hex digits, lower case. */
  readonly genesisValidatorsRootHex: string
  readonly network: string
}

/** The chain that a database's peers, bans and settings are of: one row, none before the first start with this release. */
export class ChainStore {
  readonly #select: StatementSync
  readonly #insert: StatementSync

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT genesis_validators_root, network FROM chain')
    this.#insert = database.prepare('INSERT INTO chain (only_row, genesis_validators_root, network) VALUES (1, ?, ?)')
  }

  get(): StoredChain | undefined {
    const row = this.#select.get()
    if (row === undefined) return undefined
    return { genesisValidatorsRootHex: String(row['genesis_validators_root']), network: String(row['network']) }
  }

  /** Durable when it returns. @throws what SQLite says, as when there is one already */
  set({ genesisValidatorsRootHex, network }: StoredChain): void {
    this.#insert.run(genesisValidatorsRootHex, network)
  }
}
