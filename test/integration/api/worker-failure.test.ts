import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Control } from '../../../src/rpc/contract.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { type Harness, startHarness } from './api-harness.ts'
import { allHandlers, NO_ACCESS, PEER_A, PEER_B, RelayDouble, TOPIC } from './relay-double.ts'

const REQUESTS: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  ['GET', '/eth/v1/node/health'],
  ['GET', '/node/info'],
  ['GET', '/peers'],
  ['GET', `/peers/${PEER_A}`],
  ['POST', '/peers', { multiaddr: `/ip4/127.0.0.1/tcp/1/p2p/${PEER_A}` }],
  ['DELETE', `/peers/${PEER_A}`],
  ['GET', '/peers/banned'],
  ['POST', `/peers/${PEER_A}/ban`],
  ['GET', '/peers/trusted'],
  ['POST', '/peers/trusted', { multiaddr: `/ip4/127.0.0.1/tcp/1/p2p/${PEER_A}` }],
  ['POST', `/peers/trusted/${PEER_A}`],
  ['POST', '/bans/ip', { cidr: '192.0.2.0/24' }],
  ['POST', '/bans/agent', { agent: 'prysm' }],
  ['PUT', '/access', { ...NO_ACCESS, banned_peers: [PEER_A] }],
  ['GET', '/mesh'],
  ['POST', `/mesh/${encodeURIComponent(TOPIC)}/${PEER_B}`],
  ['DELETE', `/mesh/${encodeURIComponent(TOPIC)}/${PEER_A}`],
  ['GET', '/mesh/explicit'],
  ['POST', `/mesh/explicit/${PEER_A}`],
  ['DELETE', `/mesh/explicit/${PEER_A}`],
  ['GET', '/eth/v1/node/identity'],
  ['GET', '/eth/v1/node/peers'],
  ['GET', '/eth/v1/node/peer_count'],
  ['GET', '/eth/v1/node/syncing'],
  ['GET', '/eth/v1/lodestar/peers'],
  ['GET', '/eth/v1/lodestar/lodestar_peer_score_stats'],
  ['GET', '/eth/v1/lodestar/gossip_peer_score_stats'],
  ['GET', '/eth/v1/lodestar/direct_peers'],
  ['GET', '/stats/first-block-sender'],
  ['GET', '/stats/arrivals'],
  ['GET', `/eth/v1/node/peers/${PEER_A}`],
  ['POST', `/eth/v1/lodestar/connect_peer?multiaddr=/ip4/127.0.0.1/tcp/1/p2p/${PEER_A}`],
  ['POST', `/eth/v1/lodestar/disconnect_peer?peerId=${PEER_A}`],
  ['POST', `/eth/v1/lodestar/direct_peers?peer=/ip4/127.0.0.1/tcp/1/p2p/${PEER_A}`],
  ['DELETE', `/eth/v1/lodestar/direct_peers?peerId=${PEER_A}`],
  ['GET', '/config'],
  ['PATCH', '/config', { network_load: 8, max_latency_ms: 175.5 }],
]

function errorBody(path: string, status: number, text: string): unknown {
  return path.startsWith('/eth/') ? { code: status, message: text } : { error: text }
}

/** Waits until the API's call is with the worker. Bounded by the test's own time-out. */
async function untilPending({ connection }: Harness): Promise<void> {
  while (connection.pending === 0) await new Promise((resolve) => setImmediate(resolve))
}

/** Handlers none of which ever answers. */
function silent(): Handlers<Control> {
  return allHandlers(() => new Promise(() => undefined))
}

for (const [method, path, body] of REQUESTS) {
  test(`${method} ${path}: 503 when the worker is gone`, async (t) => {
    const { call, connection } = await startHarness(t, new RelayDouble().handlers)
    connection.close('the worker exited with code 7')
    const reply = await call(method, path, { body })
    assert.equal(reply.status, 503)
    assert.deepEqual(reply.json(), errorBody(path, 503, 'the network worker is not running'))
  })

  test(`${method} ${path}: 503 when the worker dies while it works on it`, async (t) => {
    const harness = await startHarness(t, silent())
    const reply = harness.call(method, path, { body })
    await untilPending(harness)
    harness.connection.close('the worker exited with code 7')
    assert.equal((await reply).status, 503)
  })

  test(`${method} ${path}: 504 when the worker does not answer in time`, async (t) => {
    const clock = new FakeClock()
    const harness = await startHarness(t, silent(), { clock })
    const answer = harness.call(method, path, { body })
    await untilPending(harness)
    clock.advance(5_000)
    const reply = await answer
    assert.equal(reply.status, 504)
    assert.deepEqual(reply.json(), errorBody(path, 504, 'the network worker did not answer in time'))
  })

  test(`${method} ${path}: 503 before the worker serves`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble().handlers, { openLater: true })
    const reply = await call(method, path, { body })
    assert.equal(reply.status, 503)
    assert.deepEqual(reply.json(), errorBody(path, 503, 'the worker is still starting'))
  })

  test(`${method} ${path}: a fault of the worker is 500 with an id, and the log has the rest`, async (t) => {
    const fault = (): Promise<never> => Promise.reject(new Error('secret of the inside'))
    const { call, logged } = await startHarness(t, allHandlers(fault))
    const reply = await call(method, path, { body })
    assert.equal(reply.status, 500)
    const text = /internal error ([0-9a-f]{8})/.exec(reply.text)
    assert.ok(text !== null)
    assert.deepEqual(reply.json(), errorBody(path, 500, text[0]))
    assert.doesNotMatch(reply.text, /secret/)
    const line = logged.find(({ errorId }) => errorId === text[1])
    assert.match(JSON.stringify(line), /secret of the inside/)
  })
}
