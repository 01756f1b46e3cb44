import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { RelayDouble } from './relay-double.ts'
import { CHAIN_FACTS } from './standard-double.ts'

const FACTS: readonly (readonly [path: string, data: unknown])[] = [
  ['/eth/v1/config/spec', CHAIN_FACTS.spec],
  ['/eth/v1/config/fork_schedule', CHAIN_FACTS.forkSchedule],
  ['/eth/v1/beacon/genesis', CHAIN_FACTS.genesis],
]

for (const [path, data] of FACTS) {
  test(`${path} answers what the configuration says, even before the worker serves`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble().handlers, { openLater: true })
    const reply = await call('GET', path)
    assert.equal(reply.status, 200)
    assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(reply.text, JSON.stringify({ data }))
  })
}

test('with a token set, only the health check is open', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { token: 'a-token-of-some-length' })
  for (const path of ['/eth/v1/config/spec', '/eth/v1/node/peers', '/eth/v1/lodestar/peers', '/stats/arrivals']) {
    assert.equal((await call('GET', path)).status, 401)
  }
  const reply = await call('GET', '/eth/v1/node/peers')
  assert.equal(reply.text, '{"code":401,"message":"bearer token required"}')
})
