import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { PEER_A, RelayDouble } from './relay-double.ts'

const TOKEN = 'correct-horse-battery-staple'
const PROTECTED: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/node/info'],
  ['GET', '/peers'],
  ['HEAD', '/peers'],
  ['POST', '/peers'],
  ['OPTIONS', '/peers'],
  ['GET', `/peers/${PEER_A}`],
  ['DELETE', `/peers/${PEER_A}`],
  ['GET', '/mesh'],
  ['GET', '/config'],
  ['GET', '/nothing'],
  ['GET', '/eth/v1/node/healthy'],
]

for (const [method, path] of PROTECTED) {
  test(`${method} ${path} needs the token`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers, { token: TOKEN })
    const reply = await call(method, path)
    assert.equal(reply.status, 401)
    assert.equal(reply.headers['www-authenticate'], 'Bearer realm="starling"')
    const error = 'bearer token required'
    const body = path.startsWith('/eth/') ? { code: 401, message: error } : { error }
    assert.equal(reply.text, method === 'HEAD' ? '' : JSON.stringify(body))
    assert.deepEqual(relay.calls, [])
    assert.ok(relay.peers.has(PEER_A))
  })
}

const WRONG = [`${TOKEN}x`, TOKEN.slice(0, -1), TOKEN.toUpperCase(), 'x', `${TOKEN}, ${TOKEN}`]

for (const given of WRONG) {
  test(`token ${given} is not the token`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call, logged } = await startHarness(t, relay.handlers, { token: TOKEN })
    const reply = await call('DELETE', `/peers/${PEER_A}`, { headers: { authorization: `Bearer ${given}` } })
    assert.equal(reply.status, 401)
    assert.ok(relay.peers.has(PEER_A))
    assert.doesNotMatch(JSON.stringify(logged), new RegExp(TOKEN))
  })
}

test('a wrong token is told apart from a missing one', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { token: TOKEN })
  const reply = await call('GET', '/peers', { headers: { authorization: 'Bearer no' } })
  assert.equal(reply.headers['www-authenticate'], 'Bearer realm="starling", error="invalid_token"')
  assert.equal(reply.text, '{"error":"invalid bearer token"}')
})

for (const authorization of [`Basic ${btoa(`:${TOKEN}`)}`, TOKEN, 'Bearer', 'Bearer ', `BearerX ${TOKEN}`]) {
  test(`Authorization: ${authorization} carries no bearer token`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble().handlers, { token: TOKEN })
    assert.equal((await call('GET', '/peers', { headers: { authorization } })).status, 401)
  })
}

test('a token in the query is not taken', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { token: TOKEN })
  assert.equal((await call('GET', `/peers?token=${TOKEN}&access_token=${TOKEN}`)).status, 401)
})

for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
  test(`${scheme} with the token lets reads and writes through`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers, { token: TOKEN })
    const headers = { authorization: `${scheme} ${TOKEN}` }
    assert.equal((await call('GET', '/peers', { headers })).status, 200)
    assert.equal((await call('DELETE', `/peers/${PEER_A}`, { headers })).status, 200)
    assert.equal(relay.peers.size, 0)
  })
}

test('the health check answers without the token, for load balancers', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { token: TOKEN })
  assert.equal((await call('GET', '/eth/v1/node/health')).status, 200)
  assert.equal((await call('HEAD', '/eth/v1/node/health')).status, 200)
})

test('a body is not read before the token was checked', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { token: TOKEN })
  assert.equal((await call('POST', '/peers', { body: { enr: 'e'.repeat(20_000) } })).status, 401)
})
