import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { NETWORK_NAMES, networkByName } from '../../../src/consensus/networks.ts'
import { SLOT_DURATION_MS, writeNetworkDir } from '../../../src/demo/demo-network.ts'
import { createDemoParts, NOW_MS } from './demo-parts.ts'

test('the directory reads back as the network it was written from', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'starling-demo-network-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const { config } = createDemoParts().network
  writeNetworkDir(dir, config)
  const read = readNetworkDir(dir)
  assert.deepEqual({ ...read, preset: undefined }, { ...config, preset: undefined })
  assert.deepEqual(createForkSchedule(read).entries, createForkSchedule(config).entries)
})

test('the network is in fulu from genesis, under a digest of its own', () => {
  const schedule = createForkSchedule(createDemoParts().network.config)
  const [entry, ...others] = schedule.entries
  assert.equal(entry?.fork, 'fulu')
  assert.equal(others.length, 0)
  for (const name of NETWORK_NAMES) {
    const digests = createForkSchedule(networkByName(name)).entries.map(({ digestHex }) => digestHex)
    assert.ok(!digests.includes(entry?.digestHex ?? ''))
  }
})

test('genesis lies a few slots in the past', () => {
  const { genesisTimeSeconds } = createDemoParts().network.config
  const ageMs = NOW_MS - genesisTimeSeconds * 1000
  assert.ok(ageMs >= 3 * SLOT_DURATION_MS && ageMs < 4 * SLOT_DURATION_MS)
})
