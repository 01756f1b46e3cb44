import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { NODE_INFO, PEER_A, PEER_B, PEER_C, RelayDouble } from './relay-double.ts'

const DIRECT = '/eth/v1/lodestar/direct_peers'
const ENR = 'enr:-of-peer-b'
const ADDRESS_C = `/ip4/192.0.2.9/tcp/9000/p2p/${PEER_C}`

function withEnr(...peerIds: readonly string[]): RelayDouble {
  const relay = new RelayDouble(...peerIds)
  relay.enrs.set(ENR, PEER_B)
  return relay
}

test('direct peers are added by multiaddr or ENR, with the address, listed and kept', async (t) => {
  const relay = withEnr()
  const { call, stored } = await startHarness(t, relay.handlers)
  assert.equal((await call('GET', DIRECT)).text, '{"data":[]}')
  const byAddress = await call('POST', `${DIRECT}?peer=${encodeURIComponent(ADDRESS_C)}`)
  assert.deepEqual([byAddress.status, byAddress.text], [200, JSON.stringify({ data: { peer_id: PEER_C } })])
  const byEnr = await call('POST', `${DIRECT}?peer=${ENR}`)
  assert.deepEqual([byEnr.status, byEnr.text], [200, JSON.stringify({ data: { peer_id: PEER_B } })])
  assert.deepEqual(
    [...relay.explicit],
    [
      [PEER_C, [ADDRESS_C]],
      [PEER_B, [`/ip4/34.140.245.67/tcp/9000/p2p/${PEER_B}`]],
    ],
  )
  assert.equal((await call('GET', DIRECT)).text, JSON.stringify({ data: [PEER_C, PEER_B] }))
  assert.deepEqual(stored().explicitPeers.toSorted(), [PEER_B, PEER_C].toSorted())
})

test('they are the explicit peers of /mesh/explicit', async (t) => {
  const relay = withEnr(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  await call('POST', `/mesh/explicit/${PEER_A}`)
  assert.equal((await call('GET', DIRECT)).text, JSON.stringify({ data: [PEER_A] }))
  await call('POST', `${DIRECT}?peer=${ENR}`)
  assert.deepEqual((await call('GET', '/mesh/explicit')).json(), [
    { peer_id: PEER_A, is_connected: true },
    { peer_id: PEER_B, is_connected: false },
  ])
})

test('adding twice is adding once; removing says whether there was anything to remove', async (t) => {
  const { call, stored } = await startHarness(t, withEnr().handlers)
  for (let round = 0; round < 2; round++) assert.equal((await call('POST', `${DIRECT}?peer=${ENR}`)).status, 200)
  assert.deepEqual(stored().explicitPeers, [PEER_B])
  const removed = await call('DELETE', `${DIRECT}?peerId=${PEER_B}`)
  assert.deepEqual([removed.status, removed.text], [200, '{"data":{"removed":true}}'])
  const again = await call('DELETE', `${DIRECT}?peerId=${PEER_B}`)
  assert.deepEqual([again.status, again.text], [200, '{"data":{"removed":false}}'])
  assert.deepEqual(stored().explicitPeers, [])
})

const REFUSED: readonly (readonly [method: string, query: string, message: string])[] = [
  ['POST', '', 'peer must be given once'],
  ['POST', `peer=${ENR}&peer=${ENR}`, 'peer must be given once'],
  ['POST', 'peer=', 'peer must not be empty'],
  ['POST', `peer=${PEER_A}`, 'invalid multiaddr: no peer id'],
  ['POST', 'peer=/ip4/192.0.2.9/tcp/9000', 'invalid multiaddr: no peer id'],
  ['POST', 'peer=enr:-x', 'invalid ENR: signature does not verify'],
  ['POST', `peer=enr:${'e'.repeat(401)}`, 'peer must have at most 404 characters'],
  ['POST', `peer=${'/'.repeat(513)}`, 'peer must have at most 512 characters'],
  ['POST', `peer=/ip4/192.0.2.9/tcp/1/p2p/${NODE_INFO.peer_id}`, 'this is our own peer id'],
  ['DELETE', '', 'peerId must be given once'],
  ['DELETE', 'peerId=localhost', 'Invalid peer ID: localhost'],
  ['DELETE', `peer=${PEER_A}`, 'peerId must be given once'],
]

for (const [method, query, message] of REFUSED) {
  test(`${method} direct_peers?${query.slice(0, 50)} is 400 "${message}", and nothing changes`, async (t) => {
    const relay = withEnr()
    const { call, stored } = await startHarness(t, relay.handlers)
    const reply = await call(method, `${DIRECT}?${query}`)
    assert.deepEqual([reply.status, reply.text], [400, JSON.stringify({ code: 400, message })])
    assert.equal(relay.explicit.size, 0)
    assert.deepEqual(stored().explicitPeers, [])
  })
}

test('a banned peer is not made direct', async (t) => {
  const { call, stored } = await startHarness(t, withEnr().handlers)
  await call('POST', `/peers/${PEER_B}/ban`)
  const reply = await call('POST', `${DIRECT}?peer=${ENR}`)
  assert.deepEqual([reply.status, reply.text], [409, '{"code":409,"message":"peer is banned"}'])
  assert.deepEqual(stored().explicitPeers, [])
})
