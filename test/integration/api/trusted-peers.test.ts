import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { NODE_INFO, PEER_A, PEER_B, PEER_C, peerView, RelayDouble } from './relay-double.ts'

const ENR_A = 'enr:-of-peer-a'
const ENR_B = 'enr:-of-peer-b'
const ADDRESS_B = `/ip4/34.140.245.67/tcp/9000/p2p/${PEER_B}`
const MULTIADDR_C = `/ip4/127.0.0.1/tcp/9000/p2p/${PEER_C}`

function relayWith(...connected: readonly string[]): RelayDouble {
  const relay = new RelayDouble(...connected)
  relay.enrs.set(ENR_A, PEER_A)
  relay.enrs.set(ENR_B, PEER_B)
  return relay
}

function ok(peerId: string, action: string): string {
  return JSON.stringify({ status: 'ok', peer_id: peerId, action })
}

test('POST /peers/trusted echoes the ENR, dials the peer and keeps it', async (t) => {
  const relay = relayWith()
  const { call, stored } = await startHarness(t, relay.handlers)
  const reply = await call('POST', '/peers/trusted', { body: { enr: ENR_B } })
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify({ status: 'ok', enr: ENR_B, action: 'added' }))
  assert.equal(relay.peers.get(PEER_B)?.state, 'connecting')
  assert.deepEqual(stored().access.trustedPeers, [{ peerId: PEER_B, enr: ENR_B, addresses: [ADDRESS_B] }])
})

test('GET /peers/trusted has the members of the document, in its order; the ENR is null until known', async (t) => {
  const relay = relayWith(PEER_B)
  const { call } = await startHarness(t, relay.handlers)
  assert.equal((await call('GET', '/peers/trusted')).text, '[]')
  await call('POST', '/peers/trusted', { body: { enr: ENR_B } })
  const reply = await call('POST', '/peers/trusted', { body: { multiaddr: MULTIADDR_C } })
  assert.equal(reply.text, JSON.stringify({ status: 'ok', multiaddr: MULTIADDR_C, action: 'added' }))
  assert.equal(
    (await call('GET', '/peers/trusted')).text,
    JSON.stringify([
      { peer_id: PEER_B, enr: ENR_B, is_connected: true },
      { peer_id: PEER_C, enr: null, is_connected: false },
    ]),
  )
})

test('POST /peers/trusted/{peer_id} trusts a connected peer with its ENR', async (t) => {
  const relay = relayWith(PEER_A)
  const { call, stored } = await startHarness(t, relay.handlers)
  const reply = await call('POST', `/peers/trusted/${PEER_A}`)
  assert.deepEqual([reply.status, reply.text], [200, ok(PEER_A, 'added')])
  assert.deepEqual((await call('GET', '/peers/trusted')).json(), [{ peer_id: PEER_A, enr: ENR_A, is_connected: true }])
  assert.deepEqual(
    stored().access.trustedPeers.map(({ peerId, enr }) => [peerId, enr]),
    [[PEER_A, ENR_A]],
  )
})

test('a peer that is not connected, still connecting, or without an ENR is 409 with the text of the document', async (t) => {
  const relay = relayWith(PEER_C)
  relay.peers.set(PEER_B, { ...peerView(PEER_B), state: 'connecting' })
  const { call, stored } = await startHarness(t, relay.handlers)
  const texts = { [PEER_A]: 'peer not connected', [PEER_B]: 'peer not connected', [PEER_C]: 'peer has no ENR' }
  for (const [peerId, error] of Object.entries(texts)) {
    const reply = await call('POST', `/peers/trusted/${peerId}`)
    assert.deepEqual([reply.status, reply.text], [409, JSON.stringify({ error })])
  }
  assert.equal((await call('GET', '/peers/trusted')).text, '[]')
  assert.deepEqual(stored().access.trustedPeers, [])
})

test('DELETE /peers/trusted/{peer_id} takes the trust once and leaves the connection', async (t) => {
  const relay = relayWith(PEER_A)
  const { call, stored } = await startHarness(t, relay.handlers)
  await call('POST', `/peers/trusted/${PEER_A}`)
  const reply = await call('DELETE', `/peers/trusted/${PEER_A}`)
  assert.deepEqual([reply.status, reply.text], [200, ok(PEER_A, 'removed')])
  assert.equal((await call('GET', `/peers/${PEER_A}`)).status, 200)
  const again = await call('DELETE', `/peers/trusted/${PEER_A}`)
  assert.deepEqual([again.status, again.text], [404, '{"error":"peer not found in trusted list"}'])
  assert.deepEqual(stored().access.trustedPeers, [])
})

test('trusting twice is one trust', async (t) => {
  const { call, stored } = await startHarness(t, relayWith().handlers)
  for (let round = 0; round < 2; round++) {
    assert.equal((await call('POST', '/peers/trusted', { body: { enr: ENR_A } })).status, 200)
  }
  assert.equal(stored().access.trustedPeers.length, 1)
})

const OWN = `/ip4/127.0.0.1/tcp/9000/p2p/${NODE_INFO.peer_id}`
const REFUSED: readonly (readonly [name: string, body: unknown, error: string])[] = [
  ['neither', {}, 'body must have exactly one of enr and multiaddr'],
  ['both', { enr: ENR_A, multiaddr: MULTIADDR_C }, 'body must have exactly one of enr and multiaddr'],
  ['an unknown key', { enr: ENR_A, peer_id: PEER_A }, 'unknown key "peer_id"'],
  ['an ENR the worker refuses', { enr: 'enr:-x' }, 'invalid ENR: signature does not verify'],
  ['a multiaddr the worker refuses', { multiaddr: '/ip4/127.0.0.1' }, 'invalid multiaddr: no peer id'],
  ['our own id', { multiaddr: OWN }, 'this is our own peer id'],
]

for (const [name, body, error] of REFUSED) {
  test(`POST /peers/trusted, ${name}: 400 "${error}", and nothing is kept`, async (t) => {
    const relay = relayWith()
    const { call, stored } = await startHarness(t, relay.handlers)
    const before = relay.state
    const reply = await call('POST', '/peers/trusted', { body })
    assert.deepEqual([reply.status, reply.text], [400, JSON.stringify({ error })])
    assert.deepEqual(relay.state, before)
    assert.deepEqual(stored().access.trustedPeers, [])
  })
}
