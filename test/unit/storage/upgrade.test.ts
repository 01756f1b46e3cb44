import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { AccessStore } from '../../../src/storage/access-store.ts'
import { ChainStore } from '../../../src/storage/chain-store.ts'
import { DiscoveredPeersStore } from '../../../src/storage/discovered-peers-store.ts'
import { ExplicitPeersStore } from '../../../src/storage/explicit-peers-store.ts'
import { FirstBlockSendersStore } from '../../../src/storage/first-block-senders-store.ts'
import { KnownRecordsStore } from '../../../src/storage/known-records-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { RuntimeSettingsStore } from '../../../src/storage/runtime-settings-store.ts'
import { ScoreBansStore } from '../../../src/storage/score-bans-store.ts'
import { dataDir } from './data-dir.ts'

/** What the first release left behind, written out: its step of the schema must stay what it was. */
const VERSION_1 = `
  CREATE TABLE runtime_settings (
    name TEXT PRIMARY KEY,
    value REAL NOT NULL,
    start_up_value REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE explicit_peers (
    peer_id TEXT PRIMARY KEY,
    addresses TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL
  ) STRICT;
  PRAGMA application_id = 0x5354524c;
  PRAGMA user_version = 1;
  INSERT INTO runtime_settings VALUES ('network_load', 8, 5), ('max_latency_ms', 175.5, 150);
  INSERT INTO explicit_peers VALUES ('b', '["/ip4/192.0.2.1/tcp/9000/p2p/b"]', 7), ('a', '[]', 9);`

function version1(dir: string): void {
  const database = new DatabaseSync(join(dir, 'starling.db'))
  database.exec(`PRAGMA journal_mode = WAL; ${VERSION_1}`)
  database.close()
}

/** What the second release added. */
const VERSION_2 = `
  CREATE TABLE banned_peers (peer_id TEXT PRIMARY KEY, banned_at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE banned_ranges (cidr TEXT PRIMARY KEY, banned_at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE banned_agents (agent TEXT PRIMARY KEY, banned_at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE trusted_peers (
    peer_id TEXT PRIMARY KEY, enr TEXT, addresses TEXT NOT NULL, added_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE score_bans (
    peer_id TEXT PRIMARY KEY, peer_score REAL NOT NULL, gossip_score REAL NOT NULL, banned_at_ms INTEGER NOT NULL,
    frozen_until_ms INTEGER NOT NULL, ips TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = 2;
  INSERT INTO banned_peers VALUES ('c', 3);
  INSERT INTO score_bans VALUES ('d', -60.5, 0, 4, 5, '[]');`

function version2(dir: string): void {
  version1(dir)
  const database = new DatabaseSync(join(dir, 'starling.db'))
  database.exec(VERSION_2)
  database.close()
}

/** What the third release added. */
const VERSION_3 = `
  CREATE TABLE first_block_senders (
    peer_id TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at_ms INTEGER NOT NULL
  ) STRICT;
  PRAGMA user_version = 3;
  INSERT INTO first_block_senders VALUES ('e', 6, 7);`

function version3(dir: string): void {
  version2(dir)
  const database = new DatabaseSync(join(dir, 'starling.db'))
  database.exec(VERSION_3)
  database.close()
}

/** What the fourth release added. */
const VERSION_4 = `
  CREATE TABLE known_records (
    peer_id TEXT PRIMARY KEY, enr TEXT NOT NULL, last_seen_ms INTEGER NOT NULL, best_rtt_ms REAL, last_connected_ms INTEGER
  ) STRICT;
  CREATE TABLE discovered_peers (place INTEGER PRIMARY KEY, peer_id TEXT NOT NULL UNIQUE) STRICT;
  PRAGMA user_version = 4;
  INSERT INTO discovered_peers VALUES (1, 'g');`

function version4(dir: string): void {
  version3(dir)
  const database = new DatabaseSync(join(dir, 'starling.db'))
  database.exec(VERSION_4)
  database.close()
}

function schemaOf(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name, sql }) => [name, String(sql).replaceAll(/\s+/g, ' ')])
}

test('a database of the first release keeps its data and takes bans and trust', (t) => {
  const dir = dataDir(t)
  version1(dir)
  for (const round of ['upgrade', 'next start']) {
    const database = openDatabase(dir)
    assert.deepEqual(new RuntimeSettingsStore(database).all(), [
      { name: 'max_latency_ms', value: 175.5, startUpValue: 150 },
      { name: 'network_load', value: 8, startUpValue: 5 },
    ])
    assert.deepEqual(new ExplicitPeersStore(database).all(), [
      { peerId: 'b', addresses: ['/ip4/192.0.2.1/tcp/9000/p2p/b'], addedAtMs: 7 },
      { peerId: 'a', addresses: [], addedAtMs: 9 },
    ])
    const access = new AccessStore(database)
    assert.deepEqual(access.load().bannedPeers, round === 'upgrade' ? [] : ['c'])
    access.apply({ ban: ['c'] }, 1)
    assert.deepEqual(new ScoreBansStore(database).all(), [])
    database.close()
  }
})

test('a database of the second release keeps its data and counts first senders', (t) => {
  const dir = dataDir(t)
  version2(dir)
  for (const count of [2, 4]) {
    const database = openDatabase(dir)
    assert.equal(new RuntimeSettingsStore(database).all().length, 2)
    assert.deepEqual(new AccessStore(database).load().bannedPeers, ['c'])
    assert.deepEqual(
      new ScoreBansStore(database).all().map(({ peerId }) => peerId),
      ['d'],
    )
    const senders = new FirstBlockSendersStore(database)
    senders.add([{ peerId: 'e', count: 2, lastAtMs: 9 }])
    assert.deepEqual(senders.all(), [{ peerId: 'e', count, lastAtMs: 9 }])
    database.close()
  }
})

test('a database of the third release keeps its data and takes what discovery finds', (t) => {
  const dir = dataDir(t)
  version3(dir)
  const record = { peerId: 'f', enr: 'enr:-f', lastSeenMs: 1, bestRttMs: 2.5, lastConnectedMs: null }
  for (const round of ['upgrade', 'next start']) {
    const database = openDatabase(dir)
    assert.deepEqual(new FirstBlockSendersStore(database).all(), [{ peerId: 'e', count: 6, lastAtMs: 7 }])
    const [records, discovered] = [new KnownRecordsStore(database), new DiscoveredPeersStore(database)]
    assert.deepEqual([records.all(), discovered.all()], round === 'upgrade' ? [[], []] : [[record], ['f']])
    records.apply([record], [])
    discovered.add(['f'])
    database.close()
  }
})

test('a database of the fourth release keeps its data and takes a chain', (t) => {
  const dir = dataDir(t)
  version4(dir)
  const chain = { genesisValidatorsRootHex: 'cd'.repeat(32), network: 'hoodi' }
  for (const round of ['upgrade', 'next start']) {
    const database = openDatabase(dir)
    assert.deepEqual(new DiscoveredPeersStore(database).all(), ['g'])
    const store = new ChainStore(database)
    assert.deepEqual(store.get(), round === 'upgrade' ? undefined : chain)
    if (round === 'upgrade') store.set(chain)
    database.close()
  }
})

test('an upgraded database has the schema of a new one', (t) => {
  const dir = dataDir(t)
  version1(dir)
  const [upgraded, fresh] = [openDatabase(dir), openDatabase(dataDir(t))]
  assert.deepEqual(schemaOf(upgraded), schemaOf(fresh))
  upgraded.close()
  fresh.close()
})

test('an upgrade that fails leaves the database as the first release had it', (t) => {
  const dir = dataDir(t)
  version1(dir)
  const other = new DatabaseSync(join(dir, 'starling.db'))
  other.exec('CREATE TABLE score_bans (spoilt TEXT)') // the last table of the step
  other.close()
  const before = readFileSync(join(dir, 'starling.db'))
  assert.throws(() => openDatabase(dir), { code: 'CONFIG_INVALID', message: /score_bans already exists/ })
  assert.deepEqual(readFileSync(join(dir, 'starling.db')), before)
})
