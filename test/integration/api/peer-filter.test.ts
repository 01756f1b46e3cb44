import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { NodePeerView, PeerDirection, PeerState } from '../../../src/rpc/peer-views.ts'
import { startHarness } from './api-harness.ts'
import { PEER_A, PEER_B, RelayDouble } from './relay-double.ts'
import { leftPeer } from './standard-double.ts'

const STATES: readonly PeerState[] = ['disconnected', 'connecting', 'connected', 'disconnecting']
const DIRECTIONS: readonly PeerDirection[] = ['inbound', 'outbound']

/** One peer of each kind there is; the agent tells them apart. */
const ALL: readonly NodePeerView[] = STATES.flatMap((state) =>
  DIRECTIONS.map((direction) => ({
    peer_id: PEER_A,
    enr: null,
    last_seen_p2p_address: '/ip4/34.140.245.67/tcp/9000',
    state,
    direction,
    agent_version: `${state} ${direction}`,
  })),
)

/** A list of words as clients may write one: each piece a parameter of its own, its words joined by commas. */
function written(name: string, words: readonly string[]) {
  const groups = fc.array(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }), { maxLength: 3 })
  const comma = fc.constantFrom(',', '%2C', '%2c')
  return fc.tuple(groups, comma).map(([pieces, separator]) => ({
    wanted: pieces.flat(),
    query: pieces.map((piece) => `${name}=${piece.join(separator)}`),
  }))
}

/** What the standard says of both parameters, one peer at a time. */
function naively(states: readonly string[], directions: readonly string[]): NodePeerView[] {
  const kept: NodePeerView[] = []
  for (const peer of ALL) {
    if (states.length > 0 && !states.includes(peer.state)) continue
    if (directions.length > 0 && !directions.includes(peer.direction)) continue
    kept.push(peer)
  }
  return kept
}

for (const path of ['/eth/v1/node/peers', '/eth/v1/lodestar/peers']) {
  test(`${path}: any mixture of repeated and comma lists filters as the standard says`, async (t) => {
    const { call } = await startHarness(t, { ...new RelayDouble().handlers, listNodePeers: () => ALL })
    await fc.assert(
      fc.asyncProperty(
        written('state', STATES),
        written('direction', DIRECTIONS),
        fc.boolean(),
        async (state, direction, directionFirst) => {
          const parts = directionFirst
            ? [...direction.query, ...state.query]
            : [...state.query, 'page=2', ...direction.query]
          const reply = await call('GET', `${path}?${parts.join('&')}`)
          const data = naively(state.wanted, direction.wanted)
          assert.equal(reply.status, 200)
          assert.equal(reply.text, JSON.stringify({ data, meta: { count: data.length } }))
        },
      ),
      { numRuns: 100 },
    )
  })

  for (const [query, message] of [
    ['state=Connected', 'Invalid state: Connected'],
    ['state=', 'Invalid state: '],
    ['state=connected,', 'Invalid state: '],
    ['state=connected&state=banned', 'Invalid state: banned'],
    ['state=connected, connecting', 'Invalid state:  connecting'],
    ['state=constructor', 'Invalid state: constructor'],
    ['state=__proto__', 'Invalid state: __proto__'],
    ['direction=both', 'Invalid direction: both'],
    ['direction=inbound&state=x', 'Invalid state: x'],
    [`direction=${'y'.repeat(99)}`, `Invalid direction: ${'y'.repeat(64)}`],
  ] as const) {
    test(`${path}?${query.slice(0, 40)} is 400 with the value, and no call is made`, async (t) => {
      const relay = new RelayDouble(PEER_A)
      const { call } = await startHarness(t, relay.handlers)
      const reply = await call('GET', `${path}?${encodeURI(query)}`)
      assert.equal(reply.status, 400)
      assert.equal(reply.text, JSON.stringify({ code: 400, message }))
      assert.deepEqual(relay.calls, [])
    })
  }
}

test('other parameters are no filters, peer_count has none, and filters of one read do not touch another', async (t) => {
  const relay = new RelayDouble(PEER_A)
  relay.left.push(leftPeer(PEER_B))
  const { call } = await startHarness(t, relay.handlers)
  const paths = ['', '?state=connected', '?direction=inbound', '?state[]=connected', '?State=nonsense']
  const replies = await Promise.all(paths.map((query) => call('GET', `/eth/v1/node/peers${query}`)))
  const counts = replies.map((reply) => (reply.json() as { meta: { count: number } }).meta.count)
  assert.deepEqual(counts, [2, 1, 1, 2, 2])
  const count = await call('GET', '/eth/v1/node/peer_count?state=connected')
  assert.equal(count.text, '{"data":{"disconnected":"1","connecting":"0","connected":"1","disconnecting":"0"}}')
})
