import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { AccessDocument } from '../../../src/api/operator.ts'
import { startHarness } from './api-harness.ts'
import { NO_ACCESS, NODE_INFO, PEER_A, PEER_B, PEER_C, RelayDouble } from './relay-double.ts'

const MULTIADDR_A = `/ip4/127.0.0.1/tcp/9000/p2p/${PEER_A}`
const TRUSTED_A = { peer_id: PEER_A, enr: null, addresses: [MULTIADDR_A] }

const SETTLED: AccessDocument = {
  version: 1,
  banned_peers: [PEER_B],
  banned_ip_ranges: ['192.0.2.0/24'],
  banned_agents: ['prysm'],
  trusted_peers: [TRUSTED_A],
}

/** A relay with one entry in each list. */
async function settled(t: TestContext) {
  const relay = new RelayDouble(PEER_C)
  const harness = await startHarness(t, relay.handlers)
  const { call } = harness
  const writes = [
    await call('POST', `/peers/${PEER_B}/ban`),
    await call('POST', '/bans/ip', { body: { cidr: '192.0.2.0/24' } }),
    await call('POST', '/bans/agent', { body: { agent: 'prysm' } }),
    await call('POST', '/peers/trusted', { body: { multiaddr: MULTIADDR_A } }),
  ]
  for (const { status } of writes) assert.equal(status, 200)
  return { relay, harness, call }
}

/** Distinct, of the right form. */
function peerIds(count: number): string[] {
  const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  return Array.from({ length: count }, (_, index) => {
    const tail = [index % 58, Math.floor(index / 58) % 58, Math.floor(index / 3364)].map((digit) => digits[digit])
    return `${PEER_A.slice(0, -3)}${tail.join('')}`
  })
}

test('GET /access is the whole of bans and trust, in the order of the members', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  assert.equal((await call('GET', '/access')).text, JSON.stringify(NO_ACCESS))
  const other = await settled(t)
  const reply = await other.call('GET', '/access')
  assert.deepEqual([reply.status, reply.text], [200, JSON.stringify(SETTLED)])
})

test('a document of one relay makes another the same, and putting it again changes nothing', async (t) => {
  const { call: from } = await settled(t)
  const exported = (await from('GET', '/access')).json()
  const relay = new RelayDouble(PEER_B)
  const { call, stored } = await startHarness(t, relay.handlers)
  const reply = await call('PUT', '/access', { body: exported })
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify({ status: 'ok', action: 'imported', added: 4, removed: 0 }))
  assert.deepEqual((await call('GET', '/access')).json(), SETTLED)
  assert.deepEqual((await call('GET', '/peers/banned')).json(), [{ peer_id: PEER_B, ban_type: 'permanent' }])
  assert.equal(relay.peers.has(PEER_B), false)
  assert.equal(relay.peers.get(PEER_A)?.state, 'connecting')
  assert.deepEqual(stored().access, {
    bannedPeers: [PEER_B],
    bannedRanges: ['192.0.2.0/24'],
    bannedAgents: ['prysm'],
    trustedPeers: [{ peerId: PEER_A, enr: null, addresses: [MULTIADDR_A] }],
  })
  const again = await call('PUT', '/access', { body: exported })
  assert.deepEqual(again.json(), { status: 'ok', action: 'imported', added: 0, removed: 0 })
})

test('an import replaces all four lists, and counts what came and went', async (t) => {
  const { relay, harness, call } = await settled(t)
  const document = {
    ...NO_ACCESS,
    banned_peers: [PEER_A, PEER_B],
    banned_agents: ['TEKU'],
  }
  const reply = await call('PUT', '/access', { body: document })
  assert.deepEqual(reply.json(), { status: 'ok', action: 'imported', added: 2, removed: 3 })
  assert.deepEqual((await call('GET', '/access')).json(), {
    ...NO_ACCESS,
    banned_peers: [PEER_B, PEER_A],
    banned_agents: ['teku'],
  })
  assert.deepEqual([relay.access.trusted.size, relay.access.ranges.size], [0, 0])
  assert.deepEqual(harness.stored().access.bannedPeers, [PEER_B, PEER_A])
  assert.equal((await call('PUT', '/access', { body: NO_ACCESS })).status, 200)
  assert.deepEqual((await call('GET', '/access')).json(), NO_ACCESS)
})

const REFUSED: readonly (readonly [name: string, body: unknown, status: number, error: RegExp])[] = [
  ['a peer banned and trusted', { ...SETTLED, banned_peers: [PEER_A] }, 400, /./],
  ['a peer trusted twice', { ...SETTLED, trusted_peers: [TRUSTED_A, TRUSTED_A] }, 400, /trusted twice/],
  ['no way to a trusted peer', { ...SETTLED, trusted_peers: [{ ...TRUSTED_A, addresses: [] }] }, 400, /neither an ENR/],
  ['our own id banned', { ...SETTLED, banned_peers: [NODE_INFO.peer_id] }, 400, /./],
  [
    'an address without a peer',
    { ...SETTLED, trusted_peers: [{ ...TRUSTED_A, addresses: ['/ip4/1.2.3.4/tcp/1'] }] },
    400,
    /^invalid multiaddr/,
  ],
  ['an ENR that is none', { ...SETTLED, trusted_peers: [{ ...TRUSTED_A, enr: 'enr:-x' }] }, 400, /^invalid ENR/],
  [
    'the letters of a peer id in an order that is none',
    { ...SETTLED, banned_peers: [PEER_B, `Q${'z'.repeat(45)}`] },
    400,
    /^banned_peers.1 must be a peer id$/,
  ],
  ['a bad range at the end', { ...NO_ACCESS, banned_ip_ranges: ['::', 'x'] }, 400, /^banned_ip_ranges.1 must be an IP/],
  ['a list left out', { version: 1, banned_peers: [] }, 400, /^banned_ip_ranges must be an array$/],
  ['another version', { ...NO_ACCESS, version: 2 }, 400, /^version must be 1$/],
  ['an unknown key', { ...NO_ACCESS, score_bans: [] }, 400, /^unknown key "score_bans"$/],
  [
    'too many agents',
    { ...NO_ACCESS, banned_agents: peerIds(65) },
    400,
    /^banned_agents must have at most 64 entries$/,
  ],
  ['nothing', {}, 400, /^version must be 1$/],
  ['a list', [], 400, /^body must be a JSON object$/],
  ['text', '{}', 415, /^content type must be application\/json$/],
  ['over 2 MiB', { ...NO_ACCESS, pad: 'x'.repeat(2 * 1024 * 1024) }, 413, /^body too large$/],
]

for (const [name, body, status, error] of REFUSED) {
  test(`PUT /access, ${name}: ${status}, and nothing changes`, async (t) => {
    const { relay, harness, call } = await settled(t)
    const before = [relay.state, harness.stored()]
    const reply = await call('PUT', '/access', { body })
    assert.equal(reply.status, status, reply.text)
    assert.match((reply.json() as { error: string }).error, error)
    assert.deepEqual([relay.state, harness.stored()], before)
    assert.deepEqual((await call('GET', '/access')).json(), SETTLED)
  })
}

test('PUT /access that trusts a peer whose score is a ban: 409, with the name of the peer, and nothing changes', async (t) => {
  const { relay, harness, call } = await settled(t)
  assert.equal((await call('DELETE', `/peers/trusted/${PEER_A}`)).status, 200)
  relay.access.scoreBans.add(PEER_A)
  const before = harness.stored()
  const reply = await call('PUT', '/access', { body: SETTLED })
  assert.deepEqual([reply.status, reply.json()], [409, { error: `peer is banned (trusted peer ${PEER_A})` }])
  assert.deepEqual(harness.stored(), before)
})

test('a document with every ban there may be is taken and comes back; other bodies stay at 16 KiB', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const document = {
    ...NO_ACCESS,
    banned_peers: peerIds(16_384),
    banned_ip_ranges: Array.from({ length: 4_096 }, (_, index) => `2001:db8:${index.toString(16)}::/48`).map((cidr) =>
      cidr.replace(':0::', '::'),
    ),
    banned_agents: Array.from({ length: 64 }, (_, index) => `${index}`.padStart(128, 'a')),
  }
  const reply = await call('PUT', '/access', { body: document })
  assert.deepEqual(reply.json(), { status: 'ok', action: 'imported', added: 16_384 + 4_096 + 64, removed: 0 })
  assert.deepEqual((await call('GET', '/access')).json(), document)
  const pad = 'x'.repeat(17_000)
  for (const [method, path] of [
    ['PATCH', '/config'],
    ['POST', '/bans/ip'],
    ['POST', '/peers/trusted'],
    ['POST', `/peers/${PEER_A}/ban`],
  ] as const) {
    assert.equal((await call(method, path, { body: { pad } })).status, 413)
  }
})
