/** A whole relay beside a beacon node: what it says reaches peers' Status, the API and the metrics. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { startRelay } from '../../../src/main/relay.ts'
import type { NodeInfoView } from '../../../src/rpc/node-views.ts'
import { BeaconNodeServer, rootOf, sendJson } from '../../support/beacon-node-server.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { parseMetrics } from '../../support/metrics-text.ts'
import { relayConfig, relayNetwork } from '../../support/relay-config.ts'
import { until } from '../../support/until.ts'

const NETWORK = relayNetwork()

interface Syncing {
  readonly beacon_node?: string
  readonly is_optimistic: boolean
}

async function scene(t: TestContext, config: Partial<RelayConfig>) {
  const dataDir = mkdtempSync(join(tmpdir(), 'starling-beacon-'))
  const log = pino({ level: 'silent' })
  const relay = await startRelay(relayConfig(dataDir, { network: NETWORK, logLevel: 'silent', ...config }), { log })
  t.after(async () => {
    await relay.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const get = (path: string): Promise<Response> => fetch(`${relay.apiUrl.replace(/\/$/, '')}${path}`)
  const syncing = async (): Promise<Syncing> => {
    const { data } = (await (await get('/eth/v1/node/syncing')).json()) as { readonly data: Syncing }
    return data
  }
  const become = (state: string): Promise<void> => until(state, async () => (await syncing()).beacon_node === state)
  const metric = async (name: string): Promise<number | undefined> =>
    parseMetrics(await (await get('/metrics')).text()).find((family) => family.name === name)?.series[0]?.value
  return { relay, get, syncing, become, metric }
}

test('peers are told its finality, the API and the metrics how it is', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  // 100 slots in: epoch 3, so that epoch 2 can be final; its head is of the past.
  Object.assign(server, { headSlot: 99, finalizedEpoch: 2, validators: 9000 })
  server.syncing = { ...server.syncing, is_optimistic: true }
  const { get, syncing, become, metric } = await scene(t, { beaconNode: server.url, validatorRegistry: true })
  await become('ready')
  assert.equal((await syncing()).is_optimistic, true)
  await until('all keys', async () => (await metric('starling_beacon_node_validator_keys')) === 9000)
  assert.equal(await metric('starling_beacon_node_finalized_epoch'), 2)

  const info = (await (await get('/node/info')).json()) as NodeInfoView
  const { digestHex } = createForkSchedule(NETWORK).at(3)
  const alice = await GossipPeer.start({ status: () => freshStatus(digestHex) })
  t.after(() => alice[Symbol.asyncDispose]())
  await alice.dial(info.p2p_addresses[0] ?? '')
  const status = await alice.reqResp.status(info.peer_id)
  assert.deepEqual(
    [status.finalizedEpoch, status.finalizedRootHex, status.headSlot, status.headRootHex],
    [1, rootOf(32).slice(2), 99, rootOf(99).slice(2)],
  )

  server.instead.set('/eth/v1/node/syncing', (_, response) => sendJson(response, {}, 503))
  await become('away')
  assert.equal((await syncing()).is_optimistic, false)
  assert.equal((await alice.reqResp.status(info.peer_id)).finalizedEpoch, 1)
})

test('a beacon node of another network is not used, and the relay goes on', async (t) => {
  const server = await BeaconNodeServer.start(t, { ...NETWORK, genesisValidatorsRootHex: 'dd'.repeat(32) })
  const { become, metric, get } = await scene(t, { beaconNode: server.url, validatorRegistry: true })
  await become('mismatch')
  assert.equal(await metric('starling_beacon_node_head_slot'), 0)
  assert.equal((await get('/node/info')).status, 200)
  assert.deepEqual(server.identityRequests, [])
})

test('without one nothing is said of it', async (t) => {
  const { syncing, metric } = await scene(t, {})
  assert.equal('beacon_node' in (await syncing()), false)
  assert.equal(await metric('starling_beacon_node_head_slot'), undefined)
})

test('a beacon node that never answers does not keep a relay from stopping', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  server.instead.set('/eth/v1/beacon/genesis', () => undefined)
  const { relay } = await scene(t, { beaconNode: server.url, validatorRegistry: true })
  await until('the question', () => server.asked.length > 0)
  const startMs = performance.now()
  await relay.stop()
  assert.ok(performance.now() - startMs < 8_000)
})
