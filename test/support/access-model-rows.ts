/** What the model says the database of a stopped relay holds, read row by row. */
import assert from 'node:assert/strict'
import type { DatabaseSync } from 'node:sqlite'
import { type AccessModel, sorted } from './access-model.ts'
import { readLeftDatabase } from './access-model-relay.ts'

interface Rows {
  readonly bannedPeers: readonly unknown[]
  readonly bannedRanges: readonly unknown[]
  readonly bannedAgents: readonly unknown[]
  readonly trustedPeers: readonly unknown[]
  readonly explicitPeers: readonly unknown[]
  readonly scoreBans: readonly unknown[]
  readonly settings: readonly unknown[]
}

function readRows(database: DatabaseSync): Rows {
  const rows = (sql: string): readonly unknown[] =>
    sorted(
      database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)),
    )
  return {
    bannedPeers: rows('SELECT peer_id FROM banned_peers'),
    bannedRanges: rows('SELECT cidr FROM banned_ranges'),
    bannedAgents: rows('SELECT agent FROM banned_agents'),
    trustedPeers: rows('SELECT peer_id, enr, addresses FROM trusted_peers'),
    // Their addresses are what the relay happened to know.
    explicitPeers: rows('SELECT peer_id FROM explicit_peers'),
    scoreBans: rows('SELECT peer_id FROM score_bans'),
    settings: rows('SELECT name, value FROM runtime_settings'),
  }
}

/** @throws AssertionError when a row is missing, too many or different; nobody misbehaves here, so no score ban either */
export function compareRows(flags: readonly string[], model: AccessModel): void {
  assert.deepEqual(readLeftDatabase(flags, readRows), {
    bannedPeers: sorted(model.keptBans.map((peerId) => [peerId])),
    bannedRanges: sorted(model.ranges.map((cidr) => [cidr])),
    bannedAgents: sorted(model.agents.map((agent) => [agent])),
    trustedPeers: sorted(model.trusted.map(({ peer_id, enr, addresses }) => [peer_id, enr, JSON.stringify(addresses)])),
    explicitPeers: sorted(model.explicit.map((peerId) => [peerId])),
    scoreBans: [],
    settings: sorted([...model.changed]),
  })
}
