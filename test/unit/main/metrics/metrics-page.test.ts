import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { GOSSIP_KINDS } from '../../../../src/consensus/topic-table.ts'
import type { BeaconLinkView } from '../../../../src/main/beacon-link.ts'
import { metricsDoc } from '../../../../src/main/metrics/metrics-doc.ts'
import { METRIC_ROWS, MetricsPage } from '../../../../src/main/metrics/metrics-page.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import { CLIENT_FAMILIES, clientFamily } from '../../../../src/network-worker/peers/vocabulary/client-family.ts'
import { GossipStats } from '../../../../src/network-worker/stats/gossip-stats.ts'
import { metricsSnapshot } from '../../../../src/network-worker/stats/metrics-snapshot.ts'
import type { DiscoveryMetricsView } from '../../../../src/rpc/discovery-views.ts'
import type { MetricsView } from '../../../../src/rpc/metrics-view.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { ThreadLoad } from '../../../../src/shared/thread-load.ts'
import { type Family, parseMetrics, seriesValue } from '../../../support/metrics-text.ts'
import { QUIET_ROUTER, quietMetrics } from '../../../support/quiet-metrics.ts'

const DOC = new URL('../../../../docs/operators/metrics.md', import.meta.url)
/** What names end in, before `_total`. */
const UNITS = ['messages', 'bytes', 'blocks', 'peers', 'topics', 'reports', 'connections', 'bans', 'scores', 'slot']
const OTHER_UNITS = [
  'ids',
  'rpcs',
  'promises',
  'entries',
  'slots',
  'milliseconds',
  'seconds',
  'runs',
  'state',
  'objects',
  'pings',
  'requests',
  'datagrams',
]
const BEACON_NODE_UNITS = ['failures', 'rounds', 'epoch', 'keys']
const DISCOVERY_UNITS = ['records', 'candidates', 'nodes', 'sessions', 'lookups', 'packets', 'restarts']

const BEACON_NODE: BeaconLinkView = {
  ...{ state: 'away', isOptimistic: false, elOffline: false, rounds: 7, failures: { timeout: 3 } },
  ...{ headSlot: 100, finalizedEpoch: 10, validatorKeys: 64 },
}

async function pageOf(view: MetricsView, beaconNode?: () => BeaconLinkView): Promise<readonly Family[]> {
  const helper = beaconNode === undefined ? {} : { beaconNode }
  return parseMetrics(
    await new MetricsPage({ control: { getMetrics: async () => view }, load: new ThreadLoad(), ...helper }).read(),
  )
}

test('a beacon node is in one state of five; without one nothing is said of it', async () => {
  const without = await pageOf(quietMetrics())
  assert.ok(without.every(({ name, series }) => !name.includes('beacon_node') || series.length === 0))
  const families = await pageOf(quietMetrics(), () => BEACON_NODE)
  const states = families.find(({ name }) => name === 'starling_beacon_node_link_state')?.series ?? []
  const words = { connecting: 0, ready: 0, syncing: 0, away: 1, mismatch: 0 }
  assert.deepEqual(Object.fromEntries(states.map(({ labels, value }) => [labels['state'], value])), words)
})

test('the page of docs/operators is the one the tables give', () => {
  assert.equal(readFileSync(DOC, 'utf8'), metricsDoc())
})

test('names have a room, a thing and a unit, and counters say that they are totals', () => {
  for (const { name, type, help } of METRIC_ROWS) {
    assert.match(name, /^starling_(gossip|peers|chain|discovery|process|beacon_node)(_[a-z]+)+$/)
    assert.equal(name.endsWith('_total'), type === 'counter', name)
    const unit =
      name
        .replace(/_total$/, '')
        .split('_')
        .at(-1) ?? ''
    assert.ok([...UNITS, ...OTHER_UNITS, ...DISCOVERY_UNITS, ...BEACON_NODE_UNITS].includes(unit), name)
    assert.match(help, /^[A-Z0-9].*\.$/, name)
  }
  assert.equal(new Set(METRIC_ROWS.map(({ name }) => name)).size, METRIC_ROWS.length)
})

test('every row of the tables is on the page, with the labels it claims', async () => {
  const rich = quietMetrics({
    refused: { past_slot: 2 },
    dropped: [{ reason: 'stale', messageClass: 'block', messages: 4 }],
    reports: { slow_peer: 5 },
    recentDrops: { queue_full: 3 },
    windowRequests: { outcomes: { answered: 2 }, bytes: 1_000 },
    verified: [{ kind: 'beacon_block', outcome: 'invalid', count: 7 }],
    discovery: BUSY_DISCOVERY,
    meshes: [{ kind: 'beacon_block', topics: 2, meshPeers: 11, smallestMesh: 3, largestMesh: 8 }],
  })
  const families = await pageOf(rich, () => BEACON_NODE)
  for (const { name, type, labels, help } of METRIC_ROWS) {
    const family = families.find((one) => one.name === name)
    assert.equal(family?.type, type, name)
    assert.equal(family?.help, help)
    assert.ok((family?.series.length ?? 0) > 0, name)
    for (const series of family?.series ?? []) assert.deepEqual(Object.keys(series.labels).sort(), [...labels].sort())
  }
  assert.equal(seriesValue(families, 'starling_gossip_dropped_messages_total', { reason: 'stale', class: 'block' }), 4)
  assert.equal(seriesValue(families, 'starling_peers_reports_total', { reason: 'slow_peer' }), 5)
  const verified = { kind: 'beacon_block', outcome: 'invalid' }
  assert.equal(seriesValue(families, 'starling_gossip_verified_messages_total', verified), 7)
  for (const [which, links] of Object.entries({ smallest: 3, largest: 8 })) {
    assert.equal(seriesValue(families, `starling_gossip_mesh_${which}_peers`, { kind: 'beacon_block' }), links)
  }
  assert.equal(seriesValue(families, 'starling_gossip_received_control_ids_total', { control: 'graft' }), undefined)
  assert.equal(seriesValue(families, 'starling_gossip_refused_messages_total', { reason: 'past_slot' }), 2)
})

test('discovery has its own numbers, and its thread stands beside the others', async () => {
  const families = await pageOf(quietMetrics({ discovery: BUSY_DISCOVERY }))
  const value = (name: string, labels = {}) => seriesValue(families, `starling_discovery_${name}`, labels)
  assert.deepEqual(
    [value('known_records'), value('judged_records_total', { fork: 'other' }), value('stray_nodes')],
    [21, 170, 0],
  )
  assert.deepEqual(
    [value('received_packets_total'), value('dropped_packets_total', { reason: 'bad_signature' })],
    [5_000, 3],
  )
  assert.deepEqual([value('received_messages_total', { type: 'nodes' }), value('answering_state')], [900, 1])
  const heaps = families.find(({ name }) => name === 'starling_process_heap_used_bytes')?.series ?? []
  assert.deepEqual(
    heaps.map(({ labels }) => labels['thread']),
    ['main', 'network', 'discovery'],
  )
  const delays = families.find(({ name }) => name === 'starling_process_event_loop_delay_seconds')?.series ?? []
  assert.ok(delays.some(({ labels }) => labels['thread'] === 'discovery'))
})

test('a discovery thread that does not answer leaves out what it counts, and no discovery leaves out all', async () => {
  const silent = await pageOf(quietMetrics({ discovery: { ...BUSY_DISCOVERY, worker: null } }))
  assert.equal(seriesValue(silent, 'starling_discovery_answering_state'), 0)
  assert.equal(seriesValue(silent, 'starling_discovery_known_records'), 21)
  assert.equal(seriesValue(silent, 'starling_discovery_received_packets_total'), undefined)
  assert.equal(seriesValue(silent, 'starling_process_heap_used_bytes', { thread: 'discovery' }), undefined)
  const none = await pageOf(quietMetrics())
  const ofDiscovery = none.filter(({ name }) => name.startsWith('starling_discovery_'))
  assert.ok(ofDiscovery.every(({ series }) => series.length === 0))
})

test('totals are shown as they are, scrape after scrape, and what is gone is not', async () => {
  let view: MetricsView | undefined = quietMetrics({ reports: { slow_peer: 5 } })
  const getMetrics = async (): Promise<MetricsView> => {
    if (view === undefined) throw new RelayError('RPC_CLOSED', 'the worker is gone')
    return view
  }
  const page = new MetricsPage({ control: { getMetrics }, load: new ThreadLoad() })
  for (let scrape = 0; scrape < 3; scrape++) {
    const families = parseMetrics(await page.read())
    assert.equal(seriesValue(families, 'starling_peers_reports_total', { reason: 'slow_peer' }), 5)
  }
  view = undefined
  const without = parseMetrics(await page.read())
  assert.equal(seriesValue(without, 'starling_process_network_answering_state'), 0)
  assert.ok(Number(seriesValue(without, 'starling_process_heap_used_bytes', { thread: 'main' })) > 0)
  const ofWorker = without.filter(({ name }) => !name.startsWith('starling_process_'))
  assert.deepEqual(
    ofWorker.flatMap(({ series }) => series),
    [],
  )
})

test('scrapes at once share one call to the worker; a later one is a call of its own', async () => {
  let calls = 0
  const getMetrics = async (): Promise<MetricsView> => {
    calls++
    return quietMetrics()
  }
  const page = new MetricsPage({ control: { getMetrics }, load: new ThreadLoad() })
  const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => page.read()))
  for (const other of others) assert.equal(other, first)
  assert.equal(calls, 1)
  await page.read()
  assert.equal(calls, 2)
})

test('whatever peers call themselves, the page has the same series, all of closed lists', async () => {
  const expected = (await pageOf(quietMetrics())).flatMap(({ series }) => series.map(keyOf))
  const agent = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('Lighthouse/v7', '__proto__', 'constructor', 'other"} 1\nx', 'ERIGON/3', 'teku\\'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(agent, { maxLength: 20 }), async (agents) => {
      const registry = new PeerRegistry()
      agents.forEach((client, index) => {
        Object.assign(registry.enter(`peer${index}`, '/ip4/127.0.0.1/tcp/1', 'inbound'), { client, state: 'connected' })
      })
      const view = quietMetrics(snapshotOf(registry))
      const families = await pageOf(view)
      assert.deepEqual(
        families.flatMap(({ series }) => series.map(keyOf)),
        expected,
      )
      const clients = families.find(({ name }) => name === 'starling_peers_connected_peers')?.series ?? []
      assert.equal(
        clients.reduce((sum, { value }) => sum + value, 0),
        agents.length,
      )
    }),
    { numRuns: 50 },
  )
  const kinds = new Set(expected.flatMap((key) => /"kind":"(\w+)"/.exec(key)?.[1] ?? []))
  assert.ok(kinds.size <= GOSSIP_KINDS.length + 1 + 5)
})

test('families of clients are found by how agent strings begin', () => {
  const agents: Record<string, string> = {
    'Lighthouse/v7.0.1-6eb558b/x86_64-linux': 'lighthouse',
    'Prysm/v6.0.4/abc': 'prysm',
    'teku/teku/v25.6/linux': 'teku',
    nimbus: 'nimbus',
    'js-libp2p lodestar': 'other',
    'lodestar/v1.30': 'lodestar',
    'Grandine/1.1': 'grandine',
    'erigon/caplin': 'caplin',
    'starling/0.1.0': 'starling',
    unknown: 'other',
    '': 'other',
  }
  for (const [agent, family] of Object.entries(agents)) assert.equal(clientFamily(agent), family, agent)
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (agent) => CLIENT_FAMILIES.includes(clientFamily(agent))))
})

const BUSY_DISCOVERY: DiscoveryMetricsView = {
  worker: {
    routingTableSize: 150,
    connectedNodes: 120,
    sessions: 90,
    lookups: 40,
    lookupsRunning: 2,
    kademliaAlpha: 3,
    kademliaK: 16,
    packetsIn: 5_000,
    packetsOut: 5_100,
    bytesIn: 600_000,
    bytesOut: 300_000,
    droppedPackets: { bad_signature: 3 },
    messagesIn: { nodes: 900 },
    messagesOut: { findnode: 910 },
    load: new ThreadLoad().view(),
  },
  workerRestarts: 1,
  knownRecords: 21,
  droppedRecords: 0,
  discoveredPeers: 30,
  judgedRecords: { current: 30, other: 170 },
  dialCandidates: 4,
  droppedCandidates: 0,
  strayNodes: 0,
}

function keyOf({ name, labels }: { name: string; labels: Readonly<Record<string, string>> }): string {
  return name + JSON.stringify(labels)
}

/** What the worker says of the peers in `registry`, all else quiet. */
function snapshotOf(registry: PeerRegistry): Pick<MetricsView, 'peers' | 'clients'> {
  const { peers, clients } = metricsSnapshot({
    stats: new GossipStats(),
    router: QUIET_ROUTER,
    directory: { all: () => [] },
    registry,
    scores: { counts: { forgotten: 0, droppedBans: 0, reports: new Map() }, banned: () => [] },
    admission: { refused: { ip: 0, banned: 0, full: 0 } },
    head: { newestSlot: undefined, syncDistance: () => 0 },
    clockOffset: { boundMs: () => 0 },
    policies: { heldMessages: 0, isInDoubt: false },
    blocks: { hidden: { slot_limit: 0, queue_full: 0, failed: 0, no_block: 0 } },
    verifier: { counts: { all: () => [] } },
    load: { view: () => quietMetrics().load },
    discovery: { metrics: () => null },
  })
  return { peers, clients }
}
