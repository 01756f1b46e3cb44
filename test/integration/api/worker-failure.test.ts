import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../support/fake-clock.ts'
import { type Harness, startHarness } from './api-harness.ts'
import { PEER_A, RelayDouble } from './relay-double.ts'

const REQUESTS: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  ['GET', '/eth/v1/node/health'],
  ['GET', '/node/info'],
  ['GET', '/peers'],
  ['GET', `/peers/${PEER_A}`],
  ['POST', '/peers', { multiaddr: `/ip4/127.0.0.1/tcp/1/p2p/${PEER_A}` }],
  ['DELETE', `/peers/${PEER_A}`],
  ['GET', '/mesh'],
  ['GET', '/config'],
]

function errorBody(path: string, status: number, text: string): unknown {
  return path.startsWith('/eth/') ? { code: status, message: text } : { error: text }
}

/** Waits until the API's call is with the worker. Bounded by the test's own time-out. */
async function untilPending({ connection }: Harness): Promise<void> {
  while (connection.pending === 0) await new Promise((resolve) => setImmediate(resolve))
}

/** Handlers none of which ever answers. */
function silent() {
  const never = (): Promise<never> => new Promise(() => undefined)
  return {
    getHealth: never,
    getNodeInfo: never,
    listPeers: never,
    getPeer: never,
    connectPeer: never,
    disconnectPeer: never,
    listMesh: never,
    getConfig: never,
  }
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
    const fault = (): never => {
      throw new Error('secret of the inside')
    }
    const handlers = Object.fromEntries(Object.keys(silent()).map((name) => [name, fault]))
    const { call, logged } = await startHarness(t, { ...silent(), ...handlers })
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
