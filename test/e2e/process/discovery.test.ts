import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { DiscoveryStatsView } from '../../../src/rpc/discovery-views.ts'
import type { NodeInfoView } from '../../../src/rpc/node-views.ts'
import type { PeerView } from '../../../src/rpc/peer-views.ts'
import { parseMetrics, seriesValue } from '../../support/metrics-text.ts'
import { until } from '../../support/until.ts'
import { type Child, quietFlags, starling } from './child.ts'

interface Relay {
  readonly child: Child
  readonly api: string
  readonly info: NodeInfoView
}

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  return (await answer.json()) as T
}

/** A relay that knows these boot nodes and nobody else. */
async function run(t: TestContext, flags: readonly string[], bootnodes: readonly string[]): Promise<Relay> {
  const child = starling(t, ['run', '--no-quic', ...flags, '--bootnodes', bootnodes.join()])
  const { api } = await child.line('relay started')
  return { child, api: String(api), info: await get(`${api}/node/info`) }
}

function discoveryFlags(t: TestContext): string[] {
  return quietFlags(t).filter((flag) => flag !== '--no-discovery')
}

/** Threads start and lookups run within seconds; a loaded machine may need many times that. */
const PATIENCE_MS = 30_000

function isConnected({ api }: Relay, { info }: Relay): () => Promise<boolean> {
  return async () => {
    const peers = await get<readonly PeerView[]>(`${api}/peers`)
    return peers.some(({ peer_id, state }) => peer_id === info.peer_id && state === 'connected')
  }
}

test('a relay finds another by a boot node, and after a kill without one', async (t) => {
  const flags = discoveryFlags(t)
  const other = await run(t, discoveryFlags(t), [])
  const first = await run(t, flags, [other.info.enr])
  await until('the first relay to be connected', isConnected(first, other), PATIENCE_MS)
  assert.deepEqual(await get(`${first.api}/discovery/peers`), [other.info.peer_id])
  const stats = ({ api }: Relay): Promise<DiscoveryStatsView> => get(`${api}/discovery/stats`)
  await until('lookups', async () => (await stats(first)).total_discovery_queries > 0, PATIENCE_MS)
  const found = await stats(first)
  assert.deepEqual([found.unique_peers_discovered, found.routing_table_size, found.cached_enrs], [1, 1, 1])
  await new Promise((resolve) => setTimeout(resolve, 1_500)) // a transaction a second, and some for a loaded machine
  first.child.process.kill('SIGKILL')
  await first.child.end()

  const second = await run(t, flags, [])
  await until('the restarted relay to be connected', isConnected(second, other), PATIENCE_MS)
  const restored = await stats(second)
  assert.deepEqual([restored.unique_peers_discovered, restored.cached_enrs], [1, 1])
  assert.deepEqual(await get(`${second.api}/discovery/peers`), [other.info.peer_id])
})

test('what a relay says of itself is one record, and its thread is on the metrics page', async (t) => {
  const flags = discoveryFlags(t)
  const relay = await run(t, flags, [])
  const dataDir = String(flags[flags.indexOf('--data-dir') + 1])
  const own = starling(t, ['enr', '--data-dir', dataDir, '--network', 'hoodi', '--json'])
  assert.equal((await own.end()).code, 0)
  const { enr, peer_id, known_as, discovery_addresses, malformed, other } = JSON.parse(own.lines.join('\n'))
  const info = await get<NodeInfoView>(`${relay.api}/node/info`)
  assert.deepEqual([enr, peer_id, discovery_addresses], [info.enr, info.peer_id, info.discovery_addresses])
  assert.equal(known_as.network, 'hoodi')
  assert.deepEqual([malformed, other, info.schedule_alert], [{}, {}, undefined])
  const page = async () => parseMetrics(await (await fetch(`${relay.api}/metrics`)).text())
  const isAnswering = async () => seriesValue(await page(), 'starling_discovery_answering_state') === 1
  await until('the discovery thread to answer', isAnswering, PATIENCE_MS)
  assert.ok(Number(seriesValue(await page(), 'starling_process_heap_used_bytes', { thread: 'discovery' })) > 0)
})
