/**
 * Every operation of the document against relays in processes of their own, with good and with bad input: each reply
 * has a status the document lists, its content type, and a body of the schema that stands there.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { operations } from '../../../src/api/openapi/document.ts'
import type { Operation } from '../../../src/api/openapi/operation.ts'
import type { MeshTopicView } from '../../../src/rpc/mesh-views.ts'
import type { NodeInfoView } from '../../../src/rpc/node-views.ts'
import type { PeerView } from '../../../src/rpc/peer-views.ts'
import { type ContractCase, checkReply, operationOf } from '../../support/contract-check.ts'
import { testNetwork } from '../../support/network-directory.ts'
import { StarlingProcess } from '../../support/starling-process.ts'
import { until } from '../../support/until.ts'

const STRANGER = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'
type Case = ContractCase

let relay: StarlingProcess
let other: StarlingProcess
let info: NodeInfoView
let otherInfo: NodeInfoView
let topic: string
const statusesSeen = new Set<string>()

before(async () => {
  const network = testNetwork()
  ;[relay, other] = await Promise.all([StarlingProcess.start({ network }), StarlingProcess.start({ network })])
  ;[info, otherInfo] = await Promise.all([
    relay.fetchJson<NodeInfoView>('/node/info'),
    other.fetchJson<NodeInfoView>('/node/info'),
  ])
  await connect()
  topic = (await relay.fetchJson<readonly MeshTopicView[]>('/mesh'))[0]?.topic ?? ''
})

after(async () => {
  await Promise.all([relay?.stop(), other?.stop()])
})

/** Has the other relay connected, whatever was done to it. */
async function connect(): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const { status } = await relay.request<PeerView>('GET', `/peers/${other.peerId}`)
    if (status !== 200) await relay.request('POST', '/peers', { multiaddr: other.address('tcp') })
    return status === 200
  }
  await until('the other relay is connected', isThere)
}

async function check(operation: Operation, one: Case): Promise<void> {
  await checkReply(relay.api, operation, one)
  statusesSeen.add(`${operation.id} ${one[0]}`)
}

const badId: Case = [400, { path: { peer_id: '0OIl' } }]
const badLinks: readonly Case[] = [
  [400, { path: { topic: 'beacon_block', peer_id: STRANGER } }],
  [400, { path: { topic: '/eth2/00000000/beacon_block/ssz_snappy', peer_id: 'x' } }],
  [404, { path: { topic: '/eth2/00000000/beacon_block/ssz_snappy', peer_id: STRANGER } }],
]
const badTargets: readonly Case[] = [
  [400, { json: {} }],
  [400, { json: { enr: 'enr:-x' } }],
  [400, { json: { multiaddr: '/ip4/127.0.0.1/tcp/1' } }],
  [400, { json: { multiaddr: 'x', enr: 'y' } }],
]

function peerCases(): Readonly<Record<string, readonly Case[]>> {
  const there = { path: { peer_id: other.peerId } }
  const stranger = { path: { peer_id: STRANGER } }
  return {
    listPeers: [[200, {}]],
    connectPeer: [
      [200, { json: { multiaddr: other.address('tcp') } }],
      [200, { json: { enr: otherInfo.enr } }],
      ...badTargets,
    ],
    getPeer: [[200, there], [404, stranger], badId],
    listMesh: [[200, {}]],
    graft: [
      [200, { path: { topic, peer_id: other.peerId } }],
      [409, { path: { topic, peer_id: STRANGER } }],
      ...badLinks,
    ],
    prune: [[200, { path: { topic, peer_id: other.peerId } }], ...badLinks],
    listExplicitPeers: [[200, {}]],
    addExplicitPeer: [[200, there], badId],
    removeExplicitPeer: [[200, there], [200, stranger], badId],
    listTrustedPeers: [[200, {}]],
    trustPeer: [[200, { json: { multiaddr: other.address('tcp') } }], ...badTargets],
    trustConnectedPeer: [[200, there], [409, stranger], badId],
    untrustPeer: [[200, there], [404, stranger], badId],
    disconnectPeer: [[200, there], [404, stranger], badId],
    listBannedPeers: [[200, {}]],
    banPeer: [[200, stranger], [400, { path: { peer_id: info.peer_id } }], badId],
    unbanPeer: [[200, stranger], [404, stranger], badId],
  }
}

function ownCases(): Readonly<Record<string, readonly Case[]>> {
  const range = { cidr: '192.0.2.0/24' }
  const agent = { agent: 'nobody/' }
  const empty = { version: 1, banned_peers: [], banned_ip_ranges: [], banned_agents: [], trusted_peers: [] }
  return {
    listBannedRanges: [[200, {}]],
    banRange: [
      [200, { json: range }],
      [400, { json: { cidr: '192.0.2.0/33' } }],
      [400, { json: [] }],
    ],
    unbanRange: [
      [200, { path: range }],
      [404, { path: range }],
      [400, { path: { cidr: 'x' } }],
    ],
    listBannedAgents: [[200, {}]],
    banAgent: [
      [200, { json: agent }],
      [400, { json: { agent: '' } }],
    ],
    unbanAgent: [
      [200, { path: agent }],
      [404, { path: agent }],
      [400, { path: { agent: 'é' } }],
    ],
    exportAccess: [[200, {}]],
    importAccess: [
      [200, { json: empty }],
      [400, { json: { ...empty, version: 2 } }],
      [400, { json: {} }],
    ],
    getConfig: [[200, {}]],
    patchConfig: [
      [200, { json: { target_peers: 40 } }],
      [400, { json: { target_peers: -1 } }],
      [400, { json: {} }],
    ],
    getNodeInfo: [[200, {}]],
    getOpenApi: [[200, {}]],
    listFirstBlockSenders: [[200, {}]],
    listArrivals: [[200, {}]],
    getDiscoveryStats: [[200, {}]],
    listDiscoveredPeers: [[200, {}]],
    getMetrics: [[200, {}]],
  }
}

function standardCases(): Readonly<Record<string, readonly Case[]>> {
  const refused: Case = [406, { headers: { accept: 'text/html' } }]
  const reads: readonly Case[] = [[200, {}], refused]
  const filters: readonly Case[] = [
    [200, { query: 'state=connected,disconnected&state=connecting&direction=inbound' }],
    [400, { query: 'state=gone' }],
    [400, { query: 'direction=' }],
  ]
  const statuses = [201, 204, 206, 304, 400, 404, 500, 503, 599]
  return {
    getHealth: [
      [206, {}],
      ...statuses.map((status): Case => [status, { query: `syncing_status=${status}` }]),
      [400, { query: 'syncing_status=99' }],
    ],
    getIdentity: reads,
    listNodePeers: [...reads, ...filters],
    getNodePeer: [[200, { path: { peer_id: other.peerId } }], [404, { path: { peer_id: STRANGER } }], badId],
    getPeerCount: reads,
    getSyncing: reads,
    getVersion: reads,
    getVersionV2: reads,
    getSpec: reads,
    getForkSchedule: reads,
    getGenesis: reads,
    listLodestarPeers: [...reads, ...filters],
    listPeerScores: reads,
    listGossipScores: reads,
    listDirectPeers: reads,
    lodestarConnectPeer: [
      [200, { query: `multiaddr=${encodeURIComponent(other.address('tcp'))}` }],
      [400, {}],
      [400, { query: 'multiaddr=/ip4/x' }],
    ],
    addDirectPeer: [
      [200, { query: `peer=${encodeURIComponent(other.address('tcp'))}` }],
      [400, { query: 'peer=enr:x' }],
    ],
    removeDirectPeer: [
      [200, { query: `peerId=${other.peerId}` }],
      [400, { query: 'peerId=x' }],
      [400, {}],
    ],
    // What it answers when all is well has no end: test/integration/worker/events.test.ts.
    subscribeEvents: [
      [400, {}],
      [400, { query: 'topics=weather_forecast' }],
      [400, { query: 'topics=block,head' }],
      [406, { query: 'topics=block', headers: { accept: 'application/json' } }],
    ],
    lodestarDisconnectPeer: [
      [200, { query: `peerId=${other.peerId}` }],
      [404, { query: `peerId=${STRANGER}` }],
      [400, { query: 'peerId=0' }],
    ],
  }
}

test('every operation answers as the document says, with good and with bad input', { timeout: 120_000 }, async () => {
  const cases: Readonly<Record<string, readonly Case[]>> = { ...peerCases(), ...ownCases(), ...standardCases() }
  assert.deepEqual(Object.keys(cases).sort(), operations.map(({ id }) => id).sort())
  for (const [id, list] of Object.entries(cases)) {
    const operation = operationOf(id)
    for (const one of list) {
      await connect()
      await check(operation, one)
    }
  }
  assert.ok(statusesSeen.size > operations.length)
})

test('what every write refuses before it looks closer is in the document too', { timeout: 60_000 }, async () => {
  const path = { peer_id: other.peerId, topic, cidr: '192.0.2.0/24', agent: 'x' }
  for (const operation of operations) {
    if (operation.method === 'get') continue
    const foreign = { path, headers: { origin: 'https://elsewhere.example' } }
    await check(operation, [403, foreign])
    // A body on a DELETE of a connected peer is not looked at.
    if (operation.id === 'disconnectPeer') continue
    await check(operation, [415, { path, json: {}, headers: { 'content-type': 'text/plain' } }])
    await check(operation, [413, { path, json: { x: 'x'.repeat(2_200_000) } }])
  }
})

test('a head above 16 KiB is answered as the document says', async () => {
  for (const operation of operations.filter(({ isHealthCheck }) => !isHealthCheck)) {
    const path = { peer_id: STRANGER, topic, cidr: '192.0.2.0/24', agent: 'x' }
    await check(operation, [431, { path, headers: { 'x-long': 'x'.repeat(17_000) } }])
  }
})

test('GET /openapi.json is the document of the table', async () => {
  const served = await relay.fetchJson<{ paths: Record<string, object> }>('/openapi.json')
  const listed = Object.entries(served.paths).flatMap(([path, item]) =>
    Object.keys(item).map((name) => `${name} ${path}`),
  )
  assert.deepEqual(listed.sort(), operations.map(({ method, path }) => `${method} ${path}`).sort())
})
