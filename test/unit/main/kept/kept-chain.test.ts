import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import type { RelayConfig } from '../../../../src/config/schema.ts'
import { networkByName } from '../../../../src/consensus/networks.ts'
import { openKeptState } from '../../../../src/main/kept/kept-state.ts'
import { DATABASE_FILE, openDatabase } from '../../../../src/storage/open-database.ts'
import { relayConfig } from '../../../support/relay-config.ts'
import { dataDir } from '../../storage/data-dir.ts'

const HOODI = networkByName('hoodi')
const SEPOLIA = networkByName('sepolia')

function start(dir: string, network: RelayConfig['network']): void {
  openKeptState(relayConfig(dir, { network }), pino({ level: 'silent' })).close()
}

function refused(dir: string, network: RelayConfig['network']): void {
  assert.throws(() => start(dir, network), {
    name: 'RelayError',
    code: 'CONFIG_INVALID',
    message: `starling.db in ${dir} is of hoodi (genesis validators root 212f13fc…), and this start is for sepolia (genesis validators root d8ea171f…): each network needs a data directory of its own`,
  })
}

function ban(t: TestContext, dir: string): void {
  const database = openDatabase(dir)
  t.after(() => database.isOpen && database.close())
  database.exec("INSERT INTO banned_peers VALUES ('c', 3)")
  database.close()
}

test('a start for another network is refused, changes nothing, and leaves the file to the right one', (t) => {
  const dir = dataDir(t)
  start(dir, HOODI)
  const before = readFileSync(join(dir, DATABASE_FILE))
  refused(dir, SEPOLIA)
  refused(dir, SEPOLIA)
  assert.deepEqual(readFileSync(join(dir, DATABASE_FILE)), before)
  start(dir, HOODI)
})

test('a newer schedule, another name and another spelling of the root are the same chain', (t) => {
  const dir = dataDir(t)
  start(dir, HOODI)
  const root = `0x${HOODI.genesisValidatorsRootHex.toUpperCase()}`
  start(dir, { ...HOODI, name: 'our-hoodi', forks: HOODI.forks.slice(0, 3), genesisValidatorsRootHex: root })
  start(dir, HOODI)
  refused(dir, SEPOLIA)
})

test('what a release before this one kept is taken for the network of the first start', (t) => {
  const dir = dataDir(t)
  openDatabase(dir).close()
  ban(t, dir)
  start(dir, HOODI)
  refused(dir, SEPOLIA)
  const kept = openKeptState(relayConfig(dir, { network: HOODI }), pino({ level: 'silent' }))
  assert.deepEqual(kept.restored.access.bannedPeers, ['c'])
  kept.close()
})
