import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { startHarness } from './api-harness.ts'
import { NO_ACCESS, NODE_INFO, PEER_A, PEER_B, PEER_C, RelayDouble } from './relay-double.ts'

type Request = readonly [method: string, path: string, body?: unknown]

const peer = fc.constantFrom(PEER_A, PEER_B, PEER_C, NODE_INFO.peer_id, 'trusted')
const range = fc.constantFrom('192.0.2.0/24', '192.0.2.9/24', '1.2.3.4', '::/0', 'x')
const agent = fc.constantFrom('prysm', 'Prysm', 'teku', '')
const multiaddr = peer.map((peerId) => `/ip4/127.0.0.1/tcp/9000/p2p/${peerId}`)
const document = fc.record(
  {
    version: fc.constantFrom(1, 1, 1, 2),
    banned_peers: fc.array(peer, { maxLength: 2 }),
    banned_ip_ranges: fc.array(range, { maxLength: 2 }),
    banned_agents: fc.array(agent, { maxLength: 2 }),
    trusted_peers: fc.array(
      peer.map((peer_id) => ({ peer_id, enr: null, addresses: [`/ip4/127.0.0.1/tcp/9000/p2p/${peer_id}`] })),
      { maxLength: 2 },
    ),
  },
  { noNullPrototype: true },
)

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.tuple(
    fc.constantFrom('POST', 'DELETE'),
    peer.map((peerId) => `/peers/${peerId}/ban`),
  ),
  fc.tuple(
    fc.constantFrom('POST', 'DELETE'),
    peer.map((peerId) => `/peers/trusted/${peerId}`),
  ),
  fc.tuple(
    fc.constant('POST'),
    fc.constantFrom('/peers/trusted', '/peers'),
    multiaddr.map((text) => ({ multiaddr: text })),
  ),
  fc.tuple(
    fc.constantFrom('POST', 'DELETE'),
    peer.map((peerId) => `/mesh/explicit/${peerId}`),
  ),
  fc.tuple(
    fc.constant('POST'),
    fc.constant('/bans/ip'),
    range.map((cidr) => ({ cidr })),
  ),
  fc.tuple(
    fc.constant('DELETE'),
    range.map((cidr) => `/bans/ip/${encodeURIComponent(cidr)}`),
  ),
  fc.tuple(
    fc.constant('POST'),
    fc.constant('/bans/agent'),
    agent.map((text) => ({ agent: text })),
  ),
  fc.tuple(
    fc.constant('DELETE'),
    agent.map((text) => `/bans/agent/${text}`),
  ),
  fc.tuple(fc.constant('PUT'), fc.constant('/access'), document),
)

test('after any sequence of changes the replies, the disk and the worker say the same', async (t) => {
  const relay = new RelayDouble(PEER_A)
  relay.enrs.set('enr:-of-peer-a', PEER_A)
  const { call, stored } = await startHarness(t, relay.handlers)
  let changed = 0
  await fc.assert(
    fc.asyncProperty(request, async ([method, path, body]) => {
      // A refused ban makes its explicit peers again, with the address of one that has connected meanwhile.
      const state = () => [{ ...relay.state, explicit: [...relay.explicit.keys()] }, stored()]
      const before = state()
      const reply = await call(method, path, { body })
      assert.ok(reply.status < 500, `${method} ${path}: ${reply.text}`)
      if (reply.status >= 400) assert.deepEqual(state(), before)
      else changed++
      const { banned, trusted, ranges, agents } = relay.access
      const { access, explicitPeers } = stored()
      assert.deepEqual(access.bannedPeers.toSorted(), [...banned].toSorted())
      assert.deepEqual(access.bannedRanges.toSorted(), [...ranges].toSorted())
      assert.deepEqual(access.bannedAgents.toSorted(), [...agents].toSorted())
      assert.deepEqual(access.trustedPeers.map(({ peerId }) => peerId).toSorted(), [...trusted.keys()].toSorted())
      for (const peerId of access.bannedPeers) {
        assert.ok(!trusted.has(peerId) && !relay.peers.has(peerId) && !explicitPeers.includes(peerId), peerId)
      }
      assert.deepEqual((await call('GET', '/access')).json(), {
        ...NO_ACCESS,
        banned_peers: access.bannedPeers,
        banned_ip_ranges: access.bannedRanges,
        banned_agents: access.bannedAgents,
        trusted_peers: access.trustedPeers.map(({ peerId, enr, addresses }) => ({ peer_id: peerId, enr, addresses })),
      })
    }),
    { numRuns: 400, endOnFailure: true },
  )
  assert.ok(changed > 50, `only ${changed} changes`)
})
