import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { PEER_A, RelayDouble } from './relay-double.ts'

const PATHS = [
  '/eth/v1/node/identity',
  '/eth/v1/node/peers',
  `/eth/v1/node/peers/${PEER_A}`,
  '/eth/v1/node/peer_count',
  '/eth/v1/node/version',
  '/eth/v2/node/version',
  '/eth/v1/node/syncing',
  '/eth/v1/config/spec',
  '/eth/v1/config/fork_schedule',
  '/eth/v1/beacon/genesis',
  '/eth/v1/lodestar/peers',
  '/eth/v1/lodestar/direct_peers',
  '/eth/v1/lodestar/lodestar_peer_score_stats',
  '/eth/v1/lodestar/gossip_peer_score_stats',
]

const TAKEN = [
  '*/*',
  'application/*',
  'application/json',
  'Application/JSON',
  'application/json;charset=utf-8',
  'application/json; charset=UTF-8',
  'application/octet-stream;q=0.9, application/json;q=0.1',
  'text/html, */*;q=0.1',
  '',
  '  ',
]
const REFUSED = [
  'application/octet-stream',
  'text/html',
  'text/*',
  'application/json;q=0',
  'application/json;q=0, text/plain',
  'nonsense',
]

for (const path of PATHS) {
  test(`${path}: 406 exactly when JSON is excluded`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers)
    for (const accept of TAKEN) assert.equal((await call('GET', path, { headers: { accept } })).status, 200, accept)
    const calls = relay.calls.length
    for (const accept of REFUSED) {
      const reply = await call('GET', path, { headers: { accept } })
      assert.equal(reply.status, 406, accept)
      assert.equal(reply.text, '{"code":406,"message":"only application/json is served"}')
      assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
    }
    assert.equal(relay.calls.length, calls)
  })
}

test('health, whose status is its answer, and the paths of our own take any Accept header', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  for (const path of ['/eth/v1/node/health', '/peers', '/stats/arrivals']) {
    assert.equal((await call('GET', path, { headers: { accept: 'text/plain' } })).status, 200)
  }
})
