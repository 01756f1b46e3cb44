import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { type Family, parseMetrics, seriesValue } from '../../support/metrics-text.ts'
import { testNetwork, writeNetworkDirectory } from '../../support/network-directory.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'
import { quietFlags, starling } from './child.ts'
import { scratchFile } from './scratch.ts'

interface Running {
  readonly api: string
  readonly metrics: string | undefined
  readonly peerId: string
  readonly address: string
}

async function run(t: TestContext, flags: readonly string[]): Promise<Running> {
  const child = starling(t, ['run', '--no-quic', ...flags])
  const line = await child.line('relay started')
  const [address = ''] = line['addresses'] as readonly string[]
  const metrics = line['metrics']
  return {
    api: String(line['api']),
    metrics: typeof metrics === 'string' ? metrics : undefined,
    peerId: String(line['peer_id']),
    address,
  }
}

async function scrape(base: string): Promise<readonly Family[]> {
  const answer = await fetch(`${base}/metrics`)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  return parseMetrics(await answer.text())
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(url, init)
  await answer.body?.cancel()
  return answer.status
}

test('what two peers send and take shows by kind of topic, with both threads', async (t) => {
  const flags = quietFlags(t).with(0, '--network-dir')
  const dir = String(flags[flags.indexOf('--data-dir') + 1])
  writeNetworkDirectory(dir, testNetwork())
  const network = readNetworkDir(dir)
  const { digestHex } = createForkSchedule(network).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  const relay = await run(t, [...flags.with(1, dir), '--validation', 'blind'])
  assert.equal(relay.metrics, undefined)
  const before = await scrape(relay.api)
  const received = { kind: 'beacon_block' }
  assert.equal(seriesValue(before, 'starling_gossip_received_messages_total', received), 0)

  const status = () => freshStatus(digestHex)
  await using alice = await GossipPeer.start({ status, userAgent: 'Lighthouse/v7.0.0' })
  await using bob = await GossipPeer.start({ status, userAgent: 'bob"}\n# evil' })
  for (const peer of [alice, bob]) {
    peer.subscribe(topic)
    await peer.dial(relay.address)
    await peer.meshedWith(relay.peerId, topic)
  }
  let bytes = 0
  for (const proposerIndex of [1, 2, 3]) {
    const block = compressed(unsignedBlock(network, slotNow(network), proposerIndex))
    bytes += block.length
    alice.publishTo(relay.peerId, topic, block)
  }
  const isForwarded = async (): Promise<boolean> =>
    seriesValue(await scrape(relay.api), 'starling_gossip_forwarded_messages_total', received) === 3
  await until('three blocks for bob', isForwarded)
  await until('both names', async () => {
    const connected = 'starling_peers_connected_peers'
    const page = await scrape(relay.api)
    return (
      seriesValue(page, connected, { client: 'lighthouse' }) === 1 &&
      seriesValue(page, connected, { client: 'other' }) === 1
    )
  })

  const page = await scrape(relay.api)
  const is = (value: number, name: string, labels = {}) => assert.equal(seriesValue(page, name, labels), value, name)
  is(3, 'starling_gossip_received_messages_total', received)
  is(bytes, 'starling_gossip_received_bytes_total', received)
  is(bytes, 'starling_gossip_forwarded_bytes_total', received)
  is(0, 'starling_gossip_received_messages_total', { kind: 'beacon_aggregate_and_proof' })
  is(3, 'starling_gossip_accepted_blocks_total')
  is(2, 'starling_gossip_mesh_peers', received)
  is(2, 'starling_peers_live_peers', { state: 'connected', direction: 'inbound' })
  is(1, 'starling_process_network_answering_state')
  is(0, 'starling_chain_clock_offset_bound_milliseconds')
  // A thread that has just started may not have had its first collection, nor a reading of its loop.
  await until('the load of both threads', async () => {
    const now = await scrape(relay.api)
    const above = (least: number, name: string, thread: string) => Number(seriesValue(now, name, { thread })) > least
    return ['main', 'network'].every(
      (thread) =>
        above(0, 'starling_process_event_loop_delay_seconds_count', thread) &&
        above(1e6, 'starling_process_heap_used_bytes', thread) &&
        above(0, 'starling_process_gc_seconds_total', thread),
    )
  })
})

test('a port of its own serves the metrics and nothing else, and the API has them no more', async (t) => {
  const { api, metrics = '' } = await run(t, [...quietFlags(t), '--metrics-port', '0'])
  assert.ok((await scrape(metrics)).length > 20)
  for (const path of ['/', '/peers', '/health', '/node/info', '/metrics/', '/METRICS']) {
    const expected = path === '/metrics/' ? 200 : 404 // Express takes a slash at the end for the same path
    assert.equal(await statusOf(`${metrics}${path}`), expected, path)
  }
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal(await statusOf(`${metrics}/metrics`, { method }), 405)
  assert.equal(await statusOf(`${api}/metrics`), 404)
})

test('with a token only its bearers read them, on either port; --no-metrics has none', async (t) => {
  const token = '0123456789abcdef'
  const file = scratchFile(t, 'token', token)
  const headers = { authorization: `Bearer ${token}` }
  const onApi = await run(t, [...quietFlags(t), '--api-token-file', file])
  const onOwn = await run(t, [...quietFlags(t), '--api-token-file', file, '--metrics-port', '0'])
  for (const base of [onApi.api, onOwn.metrics ?? '']) {
    assert.equal(await statusOf(`${base}/metrics`), 401)
    assert.equal(await statusOf(`${base}/metrics`, { headers: { authorization: 'Bearer fedcba9876543210' } }), 401)
    assert.equal(await statusOf(`${base}/metrics`, { headers }), 200)
  }
  const off = await run(t, [...quietFlags(t), '--no-metrics', '--metrics-port', '0'])
  assert.equal(off.metrics, undefined)
  assert.equal(await statusOf(`${off.api}/metrics`), 404)
})
