import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pino from 'pino'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { startUpSettings } from '../../../src/main/operator/runtime-settings.ts'
import { type NetworkNode, startNetworkNode } from '../../../src/network-worker/network-node.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { NODE_KEY_FILE } from '../../../src/shared/data-files.ts'
import { relayConfig } from '../../support/relay-config.ts'
import { startRelay } from '../../support/two-nodes.ts'

function start(config: RelayConfig): Promise<NetworkNode> {
  const access = { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] }
  const restored = {
    settings: startUpSettings(config),
    explicitPeers: [],
    access,
    scoreBans: [],
    firstBlockSenders: [],
    discovery: { records: [], discoveredPeers: [] },
  }
  const log = pino({ level: 'silent' })
  return startNetworkNode({ config, restored, clock: systemClock, log, emit: () => undefined })
}

/** A data dir that is gone at the end of the scope. */
function dataDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'starling-relay-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

test('a start tells its addresses once it listens, and shows its configuration', async () => {
  await using relay = await startRelay({ config: { networkLoad: 7, targetPeers: 33 } })
  assert.equal(relay.listening.length, 1)
  assert.deepEqual(relay.listening[0]?.info, await relay.control.getNodeInfo())
  assert.match(relay.addresses[0] ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*\/p2p\/16Uiu2/)
  assert.deepEqual(await relay.control.getConfig(), {
    target_peers: 33,
    max_latency_ms: 1000,
    network_load: 7,
    heartbeat_interval_ms: 600,
    discovery_interval_ms: 2000,
    active_validators: null,
  })
  const health = await relay.control.getHealth()
  assert.deepEqual([health.listening, health.blockMeshPeers], [true, 0])
})

test('a start that cannot bind fails naming the address, and works once the address is free', async () => {
  using dataDir = dataDirectory()
  const other = await startRelay()
  const port = Number(/\/tcp\/(\d+)\//.exec(other.addresses[0] ?? '')?.[1])
  const config = relayConfig(dataDir.path, { port })
  await assert.rejects(start(config), new RegExp(`/tcp/${port}`))
  await other[Symbol.asyncDispose]()
  const node = await start(config)
  await node.stop()
})

test('an identity file without a key fails the start before anything listens', async () => {
  using dataDir = dataDirectory()
  writeFileSync(join(dataDir.path, NODE_KEY_FILE), 'no key')
  await assert.rejects(start(relayConfig(dataDir.path)), { code: 'CONFIG_INVALID' })
})

test('a restart on one data dir keeps the peer id', async () => {
  using dataDir = dataDirectory()
  const first = await start(relayConfig(dataDir.path))
  const before = await first.control.getNodeInfo()
  await first.stop()
  const second = await start(relayConfig(dataDir.path))
  const after = await second.control.getNodeInfo()
  await second.stop()
  assert.equal(after.peer_id, before.peer_id)
})

test('validation that is switched off is warned of', async () => {
  await using relay = await startRelay({
    config: { validation: { default: 'blind', perTopic: { beacon_block: 'none' } } },
  })
  const warning = relay.log.find(({ level }) => level === 40)
  assert.deepEqual(warning?.['topics'], ['beacon_block'])
})
