import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { describe, test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { KnownRecord } from '../../../src/rpc/discovery-views.ts'
import { type Discv5Node, type Discv5NodeOptions, freeUdpPort, startDiscv5Node } from '../../support/discv5-node.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RelayOptions, type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const NETWORK = relayNetwork()
const DIGEST = createForkSchedule(NETWORK).at(0).digestHex
const NO_LISTS = { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] }

/** A node of the relay's network whose TCP port counts who knocks and lets nobody in. */
async function startNode(address: string, options: Discv5NodeOptions = {}) {
  let knocks = 0
  const server = createServer((socket) => {
    knocks++
    socket.destroy()
  })
  const tcp = await listen(server, address)
  const node = await startDiscv5Node({ address, tcp, forkDigestHex: DIGEST, ...options })
  return {
    node,
    get knocks() {
      return knocks
    },
    async [Symbol.asyncDispose]() {
      await node.stop()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(server: Server, address: string, port = 0): Promise<number> {
  server.listen(port, address)
  await once(server, 'listening')
  const bound = server.address()
  assert.ok(bound !== null && typeof bound === 'object')
  return bound.port
}

function startDiscovering(address: string, bootnodes: readonly Discv5Node[], options: RelayOptions = {}) {
  const config = {
    network: NETWORK,
    discovery: true,
    listenAddresses: [address],
    bootnodes: bootnodes.map(({ enr }) => enr),
    ...options.config,
  }
  return startRelay({ ...options, config })
}

function knownOf(
  { peerId, enr }: Pick<Discv5Node, 'peerId' | 'enr'>,
  overrides: Partial<KnownRecord> = {},
): KnownRecord {
  return { peerId, enr, lastSeenMs: Date.now() - 60_000, bestRttMs: null, lastConnectedMs: null, ...overrides }
}

async function setInterval(relay: RunningRelay, discovery_interval_ms: number): Promise<void> {
  const settings = await relay.control.getConfig()
  await relay.control.applySettings({ ...settings, discovery_interval_ms, heartbeat_interval_ms: null })
}

// Side by side: each has nodes and a relay of its own, and what must not happen takes its time.
describe('discovery of a relay', { concurrency: true }, () => {
  test('what discovery finds is told, counted and dialled; who is banned is found and left alone', async () => {
    await using boot = await startNode('127.1.21.1')
    await using banned = await startNode('127.1.21.2', { bootnodes: [boot.node.enr] })
    await using stranger = await startNode('127.1.21.3', { bootnodes: [boot.node.enr], forkDigestHex: 'deadbeef' })
    // A question that UDP, or two handshakes at once, lost is put again.
    await until('the boot node knows both', async () => {
      for (const { node } of [banned, stranger]) await node.discv5.findRandomNode()
      return boot.node.discv5.kadValues().length === 2
    })
    const access = { ...NO_LISTS, bannedPeers: [banned.node.peerId] }
    await using relay = await startDiscovering('127.1.21.4', [boot.node], { access })
    await until('both of our network are found', () => relay.discoveredPeers.length === 2)
    await until('the one that is not banned is dialled', () => boot.knocks > 0)
    await until('the stranger was judged', async () => {
      const { discovery } = await relay.control.getMetrics()
      return discovery?.judgedRecords['other'] === 1
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    assert.deepEqual([banned.knocks, stranger.knocks], [0, 0])
    const ours = new Set([boot.node.peerId, banned.node.peerId])
    assert.deepEqual(new Set(relay.discoveredPeers), ours)
    assert.deepEqual(new Set(relay.keptRecords.map(({ peerId }) => peerId)), ours)
    const stats = await relay.control.getDiscoveryStats()
    assert.deepEqual([stats.unique_peers_discovered, stats.cached_enrs], [2, 2])
    assert.ok(stats.total_discovery_queries > 0)
  })

  test('records of earlier runs are handed over; those that come back are dialled without a boot node, others forgotten', async () => {
    await using old = await startNode('127.1.21.5')
    await using moved = await startNode('127.1.21.6', { forkDigestHex: 'deadbeef' })
    const broken = knownOf({ peerId: '16Uiu2HAmBroken', enr: 'enr:-nonsense' })
    const records = [
      broken,
      knownOf(moved.node),
      knownOf(old.node, { bestRttMs: 3, lastConnectedMs: Date.now() - 1000 }),
    ]
    await using relay = await startDiscovering('127.1.21.7', [], {
      discovery: { records, discoveredPeers: ['earlier'] },
    })
    await until('the one that served us is dialled', () => old.knocks > 0)
    await until('what did not come back is forgotten', () => relay.forgottenRecords.length === 2)
    assert.deepEqual(new Set(relay.forgottenRecords), new Set([broken.peerId, moved.node.peerId]))
    assert.equal((await relay.control.getDiscoveryStats()).cached_enrs, 1)
    assert.deepEqual(await relay.control.listDiscoveredPeers(), ['earlier', old.node.peerId])
  })

  test('stopped before the echo is in, nothing is forgotten', async () => {
    const records = [knownOf({ peerId: '16Uiu2HAmBroken', enr: 'enr:-nonsense' })]
    const relay = await startDiscovering('127.1.21.8', [], { discovery: { records, discoveredPeers: [] } })
    await new Promise((resolve) => setTimeout(resolve, 500))
    await relay[Symbol.asyncDispose]()
    await new Promise((resolve) => setTimeout(resolve, 5500))
    assert.deepEqual(relay.forgottenRecords, [])
  })

  test('a trusted peer’s newer record is learned', async () => {
    await using friend = await startNode('127.1.21.9')
    const { peerId, enr } = friend.node
    friend.node.setField('cgc', Uint8Array.of(8))
    const trustedPeers = [{ peerId, enr, addresses: [`/ip4/127.1.21.9/tcp/1/p2p/${peerId}`] }]
    await using relay = await startDiscovering('127.1.21.10', [friend.node], { access: { ...NO_LISTS, trustedPeers } })
    await until('the newer one is shown', async () => {
      const [trusted] = await relay.control.listTrustedPeers()
      return trusted?.enr === friend.node.enr
    })
    assert.notEqual(friend.node.enr, enr)
  })

  test('a changed period is followed without a restart', async () => {
    await using boot = await startNode('127.1.21.11')
    await using relay = await startDiscovering('127.1.21.12', [boot.node])
    await setInterval(relay, 60_000)
    const queries = async () => (await relay.control.getDiscoveryStats()).total_discovery_queries
    await until('the first looks are over', async () => (await queries()) >= 3)
    await new Promise((resolve) => setTimeout(resolve, 2500)) // the tick that was set before
    await setInterval(relay, 100)
    const before = await queries()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    assert.equal(await queries(), before, 'no tick for a minute')
  })

  test('a UDP port that is taken fails the start, and nothing of the relay is left open', async () => {
    const address = '127.1.21.13'
    const port = await freeUdpPort(address)
    const socket = createSocket('udp4')
    socket.bind(port, address)
    await once(socket, 'listening')
    await assert.rejects(startDiscovering(address, [], { config: { port } }), {
      code: 'LISTEN_FAILED',
      message: /discovery cannot start.*EADDRINUSE/,
    })
    const server = createServer()
    assert.equal(await listen(server, address, port), port, 'the TCP port is free again')
    await new Promise((resolve) => server.close(resolve))
    await new Promise<void>((resolve) => socket.close(() => resolve()))
    const relay = await startDiscovering(address, [], { config: { port } })
    await relay[Symbol.asyncDispose]()
  })

  test('without discovery: no lookups, no thread, and what earlier runs found is shown and kept', async () => {
    await using node = await startNode('127.1.21.14')
    const discovery = { records: [knownOf(node.node)], discoveredPeers: ['earlier', node.node.peerId] }
    const config = { network: NETWORK, discovery: false, bootnodes: [node.node.enr] }
    await using relay = await startRelay({ config, discovery })
    await new Promise((resolve) => setTimeout(resolve, 6000))
    assert.deepEqual(await relay.control.listDiscoveredPeers(), discovery.discoveredPeers)
    assert.deepEqual(await relay.control.getDiscoveryStats(), {
      unique_peers_discovered: 2,
      routing_table_size: 0,
      cached_enrs: 1,
      total_discovery_queries: 0,
      dht_scan_prefix: 0,
      kademlia_alpha: 0,
      kademlia_k: 0,
      target_peers_per_query: 16,
    })
    assert.equal((await relay.control.getMetrics()).discovery, null)
    assert.deepEqual([relay.forgottenRecords, relay.discoveredPeers, node.knocks], [[], [], 0])
  })
})
