import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { NODE_INFO, PEER_A, PEER_B, PEER_C, RelayDouble } from './relay-double.ts'

const MULTIADDR_A = `/ip4/127.0.0.1/tcp/9000/p2p/${PEER_A}`
const NOT_BANNED = '{"error":"peer not found in banned list"}'
const BANNED = '{"error":"peer is banned"}'

function ok(peerId: string, action: string): string {
  return JSON.stringify({ status: 'ok', peer_id: peerId, action })
}

test('GET /peers/banned lists permanent bans, then those by score; a peer with both is permanent', async (t) => {
  const relay = new RelayDouble()
  const { call } = await startHarness(t, relay.handlers)
  assert.equal((await call('GET', '/peers/banned')).text, '[]')
  for (const peerId of [PEER_C, PEER_A]) relay.access.scoreBans.add(peerId)
  for (const peerId of [PEER_B, PEER_A]) await call('POST', `/peers/${peerId}/ban`)
  const reply = await call('GET', '/peers/banned')
  assert.equal(reply.status, 200)
  assert.equal(
    reply.text,
    JSON.stringify([
      { peer_id: PEER_B, ban_type: 'permanent' },
      { peer_id: PEER_A, ban_type: 'permanent' },
      { peer_id: PEER_C, ban_type: 'temporary' },
    ]),
  )
})

test('a ban disconnects the peer, takes its trust and its place among the explicit, and is kept', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const { call, stored } = await startHarness(t, relay.handlers)
  assert.equal((await call('POST', '/peers/trusted', { body: { multiaddr: MULTIADDR_A } })).status, 200)
  assert.equal((await call('POST', `/mesh/explicit/${PEER_A}`)).status, 200)
  const reply = await call('POST', `/peers/${PEER_A}/ban`)
  assert.deepEqual([reply.status, reply.text], [200, ok(PEER_A, 'banned')])
  assert.equal((await call('GET', `/peers/${PEER_A}`)).status, 404)
  assert.equal((await call('GET', '/peers/trusted')).text, '[]')
  assert.equal((await call('GET', '/mesh/explicit')).text, '[]')
  assert.ok(relay.peers.has(PEER_B))
  const { access, explicitPeers } = stored()
  assert.deepEqual([access.bannedPeers, access.trustedPeers, explicitPeers], [[PEER_A], [], []])
})

test('banning twice is one ban; unbanning works once, then the peer is not found', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  for (let round = 0; round < 2; round++) {
    assert.equal((await call('POST', `/peers/${PEER_A}/ban`, { body: {} })).text, ok(PEER_A, 'banned'))
  }
  assert.deepEqual(stored().access.bannedPeers, [PEER_A])
  const reply = await call('DELETE', `/peers/${PEER_A}/ban`)
  assert.deepEqual([reply.status, reply.text], [200, ok(PEER_A, 'unbanned')])
  const again = await call('DELETE', `/peers/${PEER_A}/ban`)
  assert.deepEqual([again.status, again.text], [404, NOT_BANNED])
  assert.equal((await call('GET', '/peers/banned')).text, '[]')
  assert.deepEqual(stored().access.bannedPeers, [])
})

test('a ban by score cannot be lifted by hand, nor with a permanent one that is', async (t) => {
  const relay = new RelayDouble()
  relay.access.scoreBans.add(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  const temporary = [{ peer_id: PEER_A, ban_type: 'temporary' }]
  const refused = await call('DELETE', `/peers/${PEER_A}/ban`)
  assert.deepEqual([refused.status, refused.text], [404, NOT_BANNED])
  assert.deepEqual((await call('GET', '/peers/banned')).json(), temporary)
  await call('POST', `/peers/${PEER_A}/ban`)
  assert.equal((await call('DELETE', `/peers/${PEER_A}/ban`)).status, 200)
  assert.deepEqual((await call('GET', '/peers/banned')).json(), temporary)
})

for (const kind of ['permanent', 'temporary'] as const) {
  test(`a peer with a ${kind} ban is refused as target, as explicit and as trusted`, async (t) => {
    const relay = new RelayDouble()
    const { call } = await startHarness(t, relay.handlers)
    if (kind === 'temporary') relay.access.scoreBans.add(PEER_A)
    else assert.equal((await call('POST', `/peers/${PEER_A}/ban`)).status, 200)
    const before = relay.state
    const replies = [
      await call('POST', '/peers', { body: { multiaddr: MULTIADDR_A } }),
      await call('POST', `/mesh/explicit/${PEER_A}`),
      await call('POST', '/peers/trusted', { body: { multiaddr: MULTIADDR_A } }),
      await call('POST', `/peers/trusted/${PEER_A}`),
    ]
    for (const { status, text } of replies) assert.deepEqual([status, text], [409, BANNED])
    assert.deepEqual(relay.state, before)
  })
}

test('our own id cannot be banned, and a refused ban is not kept', async (t) => {
  const relay = new RelayDouble()
  const { call, stored } = await startHarness(t, relay.handlers)
  const reply = await call('POST', `/peers/${NODE_INFO.peer_id}/ban`)
  assert.equal(reply.status, 400)
  assert.deepEqual(stored().access.bannedPeers, [])
  assert.equal((await call('GET', '/peers/banned')).text, '[]')
})
