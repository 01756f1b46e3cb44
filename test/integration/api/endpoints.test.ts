import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { CONFIG, MESH, NODE_INFO, PEER_A, PEER_B, PEER_C, peerView, RelayDouble } from './relay-double.ts'

const ENR = 'enr:-of-peer-c'
const MULTIADDR = `/ip4/127.0.0.1/tcp/9000/p2p/${PEER_C}`

/** Keys in the order in which they are written. */
function keys(value: unknown): string[] {
  assert.ok(typeof value === 'object' && value !== null)
  return Object.keys(value)
}

test('GET /node/info has the members of the document, in its order', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/node/info')
  assert.equal(reply.status, 200)
  assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
  assert.equal(reply.text, JSON.stringify(NODE_INFO))
  assert.deepEqual(keys(reply.json()), ['peer_id', 'enr', 'p2p_addresses', 'discovery_addresses', 'metadata'])
})

test('GET /peers is a bare array of peers with the members of the document, in its order', async (t) => {
  const { call } = await startHarness(t, new RelayDouble(PEER_A, PEER_B).handlers)
  const reply = await call('GET', '/peers')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify([peerView(PEER_A), peerView(PEER_B)]))
  const list = reply.json()
  assert.ok(Array.isArray(list))
  assert.deepEqual(keys(list[0]), [
    'peer_id',
    'address',
    'direction',
    'state',
    'rtt_ms',
    'best_rtt_ms',
    'rtt_verified',
    'is_trusted',
    'score',
    'peer_score',
    'gossipsub_score',
    'gossipsub_score_weighted',
    'client',
  ])
})

test('GET /peers without peers is an empty array', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  assert.equal((await call('GET', '/peers')).text, '[]')
})

test('GET /peers/{peer_id} is one peer, or 404 with the text of the document', async (t) => {
  const { call } = await startHarness(t, new RelayDouble(PEER_A).handlers)
  const found = await call('GET', `/peers/${PEER_A}`)
  assert.equal(found.status, 200)
  assert.equal(found.text, JSON.stringify(peerView(PEER_A)))
  const missing = await call('GET', `/peers/${PEER_B}`)
  assert.equal(missing.status, 404)
  assert.equal(missing.text, '{"error":"peer not found"}')
})

test('POST /peers with a multiaddr echoes it and starts the dial', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('POST', '/peers', { body: { multiaddr: MULTIADDR } })
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify({ status: 'ok', multiaddr: MULTIADDR, action: 'connecting' }))
  assert.deepEqual((await call('GET', `/peers/${PEER_C}`)).json(), { ...peerView(PEER_C), state: 'connecting' })
})

test('POST /peers with an ENR echoes it and starts the dial', async (t) => {
  const relay = new RelayDouble()
  relay.enrs.set(ENR, PEER_C)
  const { call } = await startHarness(t, relay.handlers)
  const reply = await call('POST', '/peers', { body: { enr: ENR } })
  assert.equal(reply.text, JSON.stringify({ status: 'ok', enr: ENR, action: 'connecting' }))
  assert.ok(relay.peers.has(PEER_C))
})

test('POST /peers to a connected peer says so', async (t) => {
  const { call } = await startHarness(t, new RelayDouble(PEER_C).handlers)
  const reply = await call('POST', '/peers', { body: { multiaddr: MULTIADDR } })
  assert.deepEqual(reply.json(), { status: 'ok', multiaddr: MULTIADDR, action: 'already_connected' })
})

test('DELETE /peers/{peer_id} disconnects once; the second time the peer is not found', async (t) => {
  const { call } = await startHarness(t, new RelayDouble(PEER_A, PEER_B).handlers)
  const reply = await call('DELETE', `/peers/${PEER_A}`)
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify({ status: 'ok', peer_id: PEER_A, action: 'disconnected' }))
  assert.deepEqual((await call('GET', '/peers')).json(), [peerView(PEER_B)])
  const again = await call('DELETE', `/peers/${PEER_A}`)
  assert.equal(again.status, 404)
  assert.equal(again.text, '{"error":"peer not found"}')
})

test('GET /mesh lists topics, kinds and mesh peers with the members of the document', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/mesh')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify(MESH))
  const list = reply.json()
  assert.ok(Array.isArray(list))
  assert.deepEqual(keys(list[0]), ['topic', 'kind', 'peers'])
  assert.deepEqual(keys(list[0].peers[0]), ['peer_id', 'client'])
})

test('GET /config has the three members of the document, the two of newer dashboards and our own', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/config')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify(CONFIG))
  assert.deepEqual(keys(reply.json()), [
    'target_peers',
    'max_latency_ms',
    'network_load',
    'heartbeat_interval_ms',
    'discovery_interval_ms',
    'active_validators',
  ])
})

const READ = [
  '/eth/v1/node/health',
  '/node/info',
  '/peers',
  '/peers/trusted',
  '/peers/banned',
  `/peers/${PEER_A}`,
  '/bans/ip',
  '/bans/agent',
  '/access',
  '/mesh',
  '/config',
  '/eth/v1/node/identity',
  '/eth/v1/node/peers',
  '/eth/v1/node/peer_count',
  '/eth/v1/node/syncing',
  '/eth/v1/lodestar/peers',
  '/eth/v1/lodestar/lodestar_peer_score_stats',
  '/eth/v1/lodestar/gossip_peer_score_stats',
  '/eth/v1/lodestar/direct_peers',
  '/stats/first-block-sender',
  '/stats/arrivals',
  '/discovery/stats',
  '/discovery/peers',
  '/eth/v1/node/version',
  '/eth/v2/node/version',
  '/eth/v1/config/spec',
  '/eth/v1/config/fork_schedule',
  '/eth/v1/beacon/genesis',
  `/eth/v1/node/peers/${PEER_A}`,
]

for (const path of READ) {
  test(`HEAD ${path} has the head of the GET and no body`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble(PEER_A).handlers)
    const [get, head] = [await call('GET', path), await call('HEAD', path)]
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
    assert.equal(head.headers['content-length'], get.headers['content-length'])
  })
}

test('every answer forbids caching, sniffing and framing, and does not name its software', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  for (const path of ['/peers', '/nothing', '/eth/v1/node/health']) {
    const { headers } = await call('GET', path)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/)
    assert.equal(headers['x-powered-by'], undefined)
    assert.equal(headers.etag, undefined)
  }
})
