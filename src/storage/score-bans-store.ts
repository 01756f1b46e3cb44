import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_SCORE_BANS } from '../shared/limits.ts'
import { readTextList } from './text-list.ts'
import { inTransaction } from './transaction.ts'

/** A ban by score. Times are Unix ms. */
export interface StoredScoreBan {
  readonly peerId: PeerIdStr
  readonly peerScore: number
  readonly gossipScore: number
  readonly bannedAtMs: number
  readonly frozenUntilMs: number
  readonly ips: readonly string[]
}

function toBan(row: Readonly<Record<string, unknown>>): StoredScoreBan {
  return {
    peerId: String(row['peer_id']),
    peerScore: Number(row['peer_score']),
    gossipScore: Number(row['gossip_score']),
    bannedAtMs: Number(row['banned_at_ms']),
    frozenUntilMs: Number(row['frozen_until_ms']),
    ips: readTextList(row['ips']),
  }
}

/** Bans by score, so that a restart pardons nobody. Bounded: of more than {@link MAX_SCORE_BANS} the oldest go. */
export class ScoreBansStore {
  readonly #database: DatabaseSync
  readonly #all: StatementSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #trim: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#all = database.prepare('SELECT * FROM score_bans ORDER BY banned_at_ms, rowid')
    this.#put = database.prepare(
      `REPLACE INTO score_bans (peer_id, peer_score, gossip_score, banned_at_ms, frozen_until_ms, ips)
       VALUES (?, ?, ?, ?, ?, ?)`,
    )
    this.#delete = database.prepare('DELETE FROM score_bans WHERE peer_id = ?')
    this.#trim = database.prepare(
      `DELETE FROM score_bans WHERE rowid IN
         (SELECT rowid FROM score_bans ORDER BY banned_at_ms DESC, rowid DESC LIMIT -1 OFFSET ${MAX_SCORE_BANS})`,
    )
  }

  /** Oldest ban first. */
  all(): readonly StoredScoreBan[] {
    return this.#all.all().map(toBan)
  }

  /** Forgets `lifted`, then takes `bans`, all of it or nothing. @throws what SQLite says when it cannot write */
  apply(bans: readonly StoredScoreBan[], lifted: readonly PeerIdStr[]): void {
    inTransaction(this.#database, () => {
      for (const peerId of lifted) this.#delete.run(peerId)
      for (const { peerId, peerScore, gossipScore, bannedAtMs, frozenUntilMs, ips } of bans) {
        // The columns of times hold whole numbers only.
        const times = [Math.round(bannedAtMs), Math.round(frozenUntilMs)] as const
        this.#put.run(peerId, peerScore, gossipScore, ...times, JSON.stringify(ips))
      }
      this.#trim.run()
    })
  }
}
