import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeInfoView } from '../../../src/rpc/node-views.ts'
import type { NodePeerView } from '../../../src/rpc/peer-views.ts'
import { VERSION } from '../../../src/shared/version.ts'
import { startHarness } from './api-harness.ts'
import { NODE_INFO, PEER_A, PEER_B, PEER_C, peerView, RelayDouble } from './relay-double.ts'
import { leftPeer, nodePeerOf, UNDECODABLE_ID } from './standard-double.ts'

const PEERS = '/eth/v1/node/peers'

test('identity is the node info in the envelope of the standard', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/eth/v1/node/identity')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify({ data: NODE_INFO }))
})

test('every address of the identity ends in our peer id, wherever it came from', async (t) => {
  const id = NODE_INFO.peer_id
  const info: NodeInfoView = {
    ...NODE_INFO,
    p2p_addresses: ['/ip4/203.0.113.7/tcp/9000', `/ip6/2001:db8::7/udp/9001/quic-v1/p2p/${id}`],
    discovery_addresses: ['/ip4/203.0.113.7/udp/9000'],
  }
  const { call } = await startHarness(t, { ...new RelayDouble().handlers, getNodeInfo: () => info })
  assert.deepEqual((await call('GET', '/eth/v1/node/identity')).json(), {
    data: {
      ...info,
      p2p_addresses: [`/ip4/203.0.113.7/tcp/9000/p2p/${id}`, `/ip6/2001:db8::7/udp/9001/quic-v1/p2p/${id}`],
      discovery_addresses: [`/ip4/203.0.113.7/udp/9000/p2p/${id}`],
    },
  })
})

test('peers are listed in the envelope, remembered ones included, with a count that is a number', async (t) => {
  const relay = new RelayDouble(PEER_A)
  relay.left.push(leftPeer(PEER_B))
  const { call } = await startHarness(t, relay.handlers)
  const reply = await call('GET', PEERS)
  assert.equal(reply.status, 200)
  assert.equal(
    reply.text,
    JSON.stringify({ data: [nodePeerOf(peerView(PEER_A)), leftPeer(PEER_B)], meta: { count: 2 } }),
  )
})

test('no peers are an empty list, counted', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  assert.equal((await call('GET', PEERS)).text, '{"data":[],"meta":{"count":0}}')
})

test('the optional members of a peer are passed on as they are, and left out when the worker has none', async (t) => {
  const { enr, last_seen_p2p_address, direction } = leftPeer(PEER_B)
  const bare: NodePeerView = { peer_id: PEER_B, enr, last_seen_p2p_address, state: 'connecting', direction }
  const full: NodePeerView = {
    ...bare,
    peer_id: PEER_A,
    enr: 'enr:-of-a',
    state: 'disconnecting',
    agent_version: 'Lighthouse/v6.0.1-6eb558b/x86_64-linux',
    score: -20.5,
    disconnect_reason: 'bad_score',
    downscore_reasons: ['rpc_timeout', 'gossip_invalid_block'],
  }
  const { call } = await startHarness(t, { ...new RelayDouble().handlers, listNodePeers: () => [full, bare] })
  assert.equal((await call('GET', PEERS)).text, JSON.stringify({ data: [full, bare], meta: { count: 2 } }))
})

test('one peer, live or remembered', async (t) => {
  const relay = new RelayDouble(PEER_A)
  relay.left.push(leftPeer(PEER_B))
  const { call } = await startHarness(t, relay.handlers)
  const live = await call('GET', `${PEERS}/${PEER_A}`)
  assert.deepEqual([live.status, live.text], [200, JSON.stringify({ data: nodePeerOf(peerView(PEER_A)) })])
  const gone = await call('GET', `${PEERS}/${PEER_B}`)
  assert.deepEqual([gone.status, gone.text], [200, JSON.stringify({ data: leftPeer(PEER_B) })])
})

test('a peer that is not known is 404 in the words of the standard', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', `${PEERS}/${PEER_C}`)
  assert.deepEqual([reply.status, reply.text], [404, '{"code":404,"message":"Peer not found"}'])
})

for (const [id, repeated] of [
  ['localhost', 'localhost'],
  [UNDECODABLE_ID, UNDECODABLE_ID],
  ['x'.repeat(200), 'x'.repeat(64)],
  ['%3Cb%3E%22', '<b>"'],
  [`${PEER_A}%00`, `${PEER_A}\0`],
] as const) {
  test(`peer id ${id.slice(0, 20)} is 400 and repeated, cut`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble(PEER_A).handlers)
    const reply = await call('GET', `${PEERS}/${id}`)
    assert.equal(reply.status, 400)
    assert.deepEqual(reply.json(), { code: 400, message: `Invalid peer ID: ${repeated}` })
  })
}

test('peer_count counts each state, as strings', async (t) => {
  const relay = new RelayDouble(PEER_A)
  relay.peers.set(PEER_C, { ...peerView(PEER_C), state: 'connecting' })
  relay.left.push(leftPeer(PEER_B), leftPeer(PEER_B))
  const { call } = await startHarness(t, relay.handlers)
  const reply = await call('GET', '/eth/v1/node/peer_count')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, '{"data":{"disconnected":"2","connecting":"1","connected":"1","disconnecting":"0"}}')
})

test('version names program, release and system', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/eth/v1/node/version')
  assert.deepEqual(reply.json(), { data: { version: `Starling/${VERSION}/${process.platform}-${process.arch}` } })
})

test('version 2 names the beacon node in parts, and no execution client', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/eth/v2/node/version')
  assert.equal(
    reply.text,
    `{"data":{"beacon_node":{"code":"SL","name":"Starling","version":"${VERSION}","commit":"0x00000000"}}}`,
  )
})

for (const [view, is_syncing] of [
  [{ head_slot: 13_164_800, sync_distance: 1, is_syncing: false }, false],
  [{ head_slot: 0, sync_distance: 13_164_801, is_syncing: true }, true],
] as const) {
  test(`syncing ${is_syncing}: slots are strings, nothing is optimistic or offline`, async (t) => {
    const { call } = await startHarness(t, { ...new RelayDouble().handlers, getSyncing: () => view })
    const { head_slot, sync_distance } = view
    assert.equal(
      (await call('GET', '/eth/v1/node/syncing')).text,
      `{"data":{"head_slot":"${head_slot}","sync_distance":"${sync_distance}","is_syncing":${is_syncing},"is_optimistic":false,"el_offline":false}}`,
    )
  })
}

for (const [state, isHeard] of [
  ['ready', true],
  ['connecting', false],
  ['syncing', false],
  ['away', false],
  ['mismatch', false],
] as const) {
  test(`syncing with a beacon node that is ${state}: its word of the execution client counts while it is ready`, async (t) => {
    const beaconNode = () => ({ state, isOptimistic: true, elOffline: true })
    const { call } = await startHarness(t, new RelayDouble().handlers, { beaconNode })
    const { data } = JSON.parse((await call('GET', '/eth/v1/node/syncing')).text)
    assert.deepEqual([data.beacon_node, data.is_optimistic, data.el_offline], [state, isHeard, isHeard])
  })
}

test('the versions of the program are said without asking the worker', async (t) => {
  const relay = new RelayDouble()
  const { call } = await startHarness(t, relay.handlers, { openLater: true })
  for (const path of ['/eth/v1/node/version', '/eth/v2/node/version']) {
    assert.equal((await call('GET', path)).status, 200)
  }
  assert.deepEqual(relay.calls, [])
})
