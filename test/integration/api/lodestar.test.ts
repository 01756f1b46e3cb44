import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DialAddresses, DialTarget } from '../../../src/rpc/peer-views.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { type Reply, startHarness } from './api-harness.ts'
import { NODE_INFO, PEER_A, PEER_B, PEER_C, peerView, RelayDouble } from './relay-double.ts'
import { GOSSIP_STATS, leftPeer, nodePeerOf, SCORE_STATS, UNDECODABLE_ID } from './standard-double.ts'

const LODESTAR = '/eth/v1/lodestar'
const CONNECT = `${LODESTAR}/connect_peer`
const DISCONNECT = `${LODESTAR}/disconnect_peer`
const ADDRESS = '/ip4/34.140.245.67/tcp/9000'

function refusal(reply: Reply): unknown {
  const { code, message } = reply.json() as { code: number; message: string }
  assert.equal(code, reply.status)
  assert.equal(reply.text, JSON.stringify({ code, message }))
  return [code, message]
}

test('score statistics are in the envelope; what a peer never did is null', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', `${LODESTAR}/lodestar_peer_score_stats`)
  assert.deepEqual([reply.status, reply.text], [200, JSON.stringify({ data: SCORE_STATS })])
  const gossip = await call('GET', `${LODESTAR}/gossip_peer_score_stats`)
  assert.deepEqual([gossip.status, gossip.text], [200, JSON.stringify({ data: GOSSIP_STATS })])
})

test('peers are those of the standard, each with an agent version', async (t) => {
  const relay = new RelayDouble(PEER_A)
  relay.left.push(leftPeer(PEER_B))
  const { call } = await startHarness(t, relay.handlers)
  const data = [nodePeerOf(peerView(PEER_A)), { ...leftPeer(PEER_B), agent_version: 'NA' }]
  assert.deepEqual((await call('GET', `${LODESTAR}/peers`)).json(), { data, meta: { count: 2 } })
})

const NAMED = `${ADDRESS}/p2p/${PEER_C}`
const DNS = '/dns4/x/tcp/1'
const DIALS: readonly (readonly [name: string, query: string, ...dialled: string[]])[] = [
  ['a full multiaddr', `multiaddr=${NAMED}`, NAMED],
  ['a peer id and an address', `peerId=${PEER_C}&multiaddr=${ADDRESS}`, NAMED],
  ['both, with the id twice', `peerId=${PEER_C}&multiaddr=${NAMED}`, NAMED],
  ['several', `peerId=${PEER_C}&multiaddr=${DNS}&multiaddr=${ADDRESS}`, `${DNS}/p2p/${PEER_C}`, NAMED],
  ['a list with a comma', `peerId=${PEER_C}&multiaddr=${DNS},${ADDRESS}`, `${DNS}/p2p/${PEER_C}`, NAMED],
]

for (const [name, query, ...multiaddrs] of DIALS) {
  test(`connect_peer with ${name} dials all of it at once and answers 200 without a body`, async (t) => {
    const relay = new RelayDouble()
    const dials: (DialTarget | DialAddresses)[] = []
    const { connectPeer } = relay.handlers
    const { call } = await startHarness(t, {
      ...relay.handlers,
      connectPeer: (target) => {
        dials.push(target)
        return connectPeer(target)
      },
    })
    const reply = await call('POST', `${CONNECT}?${query}`)
    assert.deepEqual([reply.status, reply.text], [200, ''])
    assert.deepEqual(dials, [{ multiaddrs }])
    assert.deepEqual([...relay.peers.keys()], [PEER_C])
  })
}

test('connect_peer with no address that the node has a transport for is 400', async (t) => {
  const refuse = (): never => {
    throw new RelayError('BAD_MULTIADDR', 'no QUIC')
  }
  const { call } = await startHarness(t, { ...new RelayDouble().handlers, connectPeer: refuse })
  const reply = await call('POST', `${CONNECT}?peerId=${PEER_B}&multiaddr=/ip4/34.140.245.67/udp/9001/quic-v1`)
  assert.deepEqual(refusal(reply), [400, 'no QUIC'])
})

const BAD_CONNECTS: readonly (readonly [query: string, status: number, message: string])[] = [
  ['', 400, 'multiaddr must be given'],
  [`peerId=${PEER_C}`, 400, 'multiaddr must be given'],
  ['multiaddr=', 400, 'multiaddr must not be empty'],
  [`multiaddr=${'/'.repeat(513)}`, 400, 'multiaddr must have at most 512 characters'],
  [`multiaddr=${Array(9).fill(ADDRESS).join(',')}`, 400, 'multiaddr must be given at most 8 times'],
  [`multiaddr=${ADDRESS}`, 400, 'invalid multiaddr: no peer id'],
  [`peerId=me&multiaddr=${ADDRESS}`, 400, 'Invalid peer ID: me'],
  [`peerId=${PEER_B}&peerId=${PEER_C}&multiaddr=${ADDRESS}`, 400, 'peerId must be given once'],
  [`peerId=${PEER_B}&multiaddr=${ADDRESS}/p2p/${PEER_C}`, 400, 'multiaddr names another peer than peerId'],
  [`multiaddr=${ADDRESS}/p2p/${PEER_B}&multiaddr=${ADDRESS}/p2p/${PEER_C}`, 400, 'all multiaddrs must name one peer'],
  [`multiaddr=${ADDRESS}/p2p/${PEER_B},${ADDRESS}`, 400, 'invalid multiaddr: no peer id'],
  [`multiaddr=${ADDRESS}/p2p/${NODE_INFO.peer_id}`, 400, 'this is our own peer id'],
]

for (const [query, status, message] of BAD_CONNECTS) {
  test(`connect_peer?${query.slice(0, 60)} is ${status} "${message}", and nobody is dialled`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers)
    assert.deepEqual(refusal(await call('POST', `${CONNECT}?${query}`)), [status, message])
    assert.deepEqual([...relay.peers.keys()], [PEER_A])
  })
}

test('connect_peer to a banned peer is 409', async (t) => {
  const relay = new RelayDouble()
  relay.access.banned.add(PEER_C)
  const { call } = await startHarness(t, relay.handlers)
  const reply = await call('POST', `${CONNECT}?multiaddr=${ADDRESS}/p2p/${PEER_C}`)
  assert.deepEqual(refusal(reply), [409, 'peer is banned'])
})

test('disconnect_peer disconnects once; the second time the peer is not found', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const { call } = await startHarness(t, relay.handlers)
  const reply = await call('POST', `${DISCONNECT}?peerId=${PEER_A}`)
  assert.deepEqual([reply.status, reply.text], [200, ''])
  assert.deepEqual([...relay.peers.keys()], [PEER_B])
  assert.deepEqual(refusal(await call('POST', `${DISCONNECT}?peerId=${PEER_A}`)), [404, 'Peer not found'])
})

for (const [query, message] of [
  ['', 'peerId must be given once'],
  ['peerId=', 'Invalid peer ID: '],
  ['peerId=localhost', 'Invalid peer ID: localhost'],
  [`peerId=${PEER_A}&peerId=${PEER_A}`, 'peerId must be given once'],
  [`peerid=${PEER_A}`, 'peerId must be given once'],
  [`peerId=${UNDECODABLE_ID}`, `Invalid peer ID: ${UNDECODABLE_ID}`],
] as const) {
  test(`disconnect_peer?${query.slice(0, 40)} is 400 "${message}"`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, {
      ...relay.handlers,
      disconnectPeer: async () => {
        throw new RelayError('BAD_PEER_ID', 'text of the worker')
      },
    })
    assert.deepEqual(refusal(await call('POST', `${DISCONNECT}?${query}`)), [400, message])
  })
}

test('both take no body but an empty object', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  for (const path of [`${CONNECT}?multiaddr=${ADDRESS}/p2p/${PEER_C}`, `${DISCONNECT}?peerId=${PEER_A}`]) {
    assert.deepEqual(refusal(await call('POST', path, { body: { peerId: PEER_A } })), [400, 'no body is expected here'])
    assert.equal((await call('POST', path, { body: {} })).status, 200)
  }
})
