import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { NO_ACCESS, PEER_A, PEER_B, RelayDouble, TOPIC } from './relay-double.ts'

const LISTED = 'https://dashboard.example'
const OTHER = 'https://evil.example'
const PEER_PATH = `/peers/${PEER_A}`

function preflight(origin: string, method = 'DELETE') {
  return { headers: { origin, 'access-control-request-method': method } }
}

test('by default no page of another origin can read, preflight or write', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  const read = await call('GET', '/peers', { headers: { origin: OTHER } })
  assert.equal(read.headers['access-control-allow-origin'], undefined)
  const asked = await call('OPTIONS', PEER_PATH, preflight(OTHER))
  assert.deepEqual([asked.status, asked.headers['access-control-allow-origin']], [403, undefined])
  for (const origin of [OTHER, 'null', 'not an origin', '']) {
    const write = await call('DELETE', PEER_PATH, { headers: { origin } })
    assert.equal(write.status, 403)
    assert.deepEqual(write.json(), { error: 'origin not allowed: see --cors-origin' })
  }
  assert.ok(relay.peers.has(PEER_A))
})

test('a page of another origin cannot steer the node either', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const { call, stored } = await startHarness(t, relay.handlers, { corsOrigin: [LISTED, '*'] })
  const [before, storedBefore] = [relay.state, stored()]
  const writes = [
    ['PATCH', '/config', { network_load: 8 }],
    ['POST', `/mesh/${encodeURIComponent(TOPIC)}/${PEER_B}`],
    ['DELETE', `/mesh/${encodeURIComponent(TOPIC)}/${PEER_A}`],
    ['POST', `/mesh/explicit/${PEER_B}`],
    ['DELETE', `/mesh/explicit/${PEER_A}`],
    ['POST', '/peers/trusted', { multiaddr: `/ip4/127.0.0.1/tcp/9000/p2p/${PEER_A}` }],
    ['DELETE', `/peers/trusted/${PEER_A}`],
    ['POST', `/peers/${PEER_B}/ban`],
    ['DELETE', `/peers/${PEER_B}/ban`],
    ['POST', '/bans/ip', { cidr: '192.0.2.0/24' }],
    ['DELETE', '/bans/ip/192.0.2.0%2F24'],
    ['POST', '/bans/agent', { agent: 'prysm' }],
    ['DELETE', '/bans/agent/prysm'],
    ['PUT', '/access', NO_ACCESS],
  ] as const
  for (const [method, path, body] of writes) {
    const refused = await call(method, path, { body, headers: { origin: OTHER } })
    assert.equal(refused.status, 403, `${method} ${path}`)
  }
  assert.deepEqual(relay.state, before)
  assert.deepEqual(stored(), storedBefore)
  for (const [method, path, body] of writes) {
    const allowed = await call(method, path, { body, headers: { origin: LISTED } })
    assert.equal(allowed.status, 200, `${method} ${path}`)
  }
})

test('a listed origin reads, preflights and writes; another does not', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers, { corsOrigin: [LISTED] })
  const read = await call('GET', '/peers', { headers: { origin: LISTED } })
  assert.equal(read.headers['access-control-allow-origin'], LISTED)
  assert.equal(read.headers.vary, 'Origin')
  const asked = await call('OPTIONS', PEER_PATH, preflight(LISTED))
  assert.equal(asked.status, 204)
  assert.equal(asked.headers['access-control-allow-origin'], LISTED)
  assert.equal(asked.headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT, PATCH, DELETE')
  assert.equal(asked.headers['access-control-allow-headers'], 'authorization, content-type')
  assert.equal(asked.headers['access-control-max-age'], '600')
  const other = await call('GET', '/peers', { headers: { origin: OTHER } })
  assert.equal(other.headers['access-control-allow-origin'], undefined)
  assert.equal((await call('DELETE', PEER_PATH, { headers: { origin: `${LISTED}.evil.example` } })).status, 403)
  assert.equal((await call('DELETE', PEER_PATH, { headers: { origin: LISTED } })).status, 200)
  assert.equal(relay.peers.size, 0)
})

test('* lets every page read and none write', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers, { corsOrigin: ['*', LISTED] })
  const read = await call('GET', '/peers', { headers: { origin: OTHER } })
  assert.equal(read.headers['access-control-allow-origin'], OTHER)
  const asked = await call('OPTIONS', PEER_PATH, preflight(OTHER))
  assert.equal(asked.headers['access-control-allow-methods'], 'GET, HEAD')
  assert.equal((await call('DELETE', PEER_PATH, { headers: { origin: OTHER } })).status, 403)
  assert.equal((await call('DELETE', PEER_PATH, { headers: { origin: LISTED } })).status, 200)
})

test("the API's own pages write without being listed", async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call, port } = await startHarness(t, relay.handlers)
  const host = `localhost:${port}`
  const elsewhere = await call('DELETE', PEER_PATH, { headers: { host, origin: 'http://localhost:1' } })
  assert.equal(elsewhere.status, 403)
  const own = await call('DELETE', PEER_PATH, { headers: { host, origin: `http://${host}` } })
  assert.equal(own.status, 200)
})

test('a preflight needs no token, and the page can read the 401 that it gets without one', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { token: 'secret', corsOrigin: [LISTED] })
  assert.equal((await call('OPTIONS', '/peers', preflight(LISTED, 'GET'))).status, 204)
  const refused = await call('GET', '/peers', { headers: { origin: LISTED } })
  assert.deepEqual([refused.status, refused.headers['access-control-allow-origin']], [401, LISTED])
})

test('the method of a foreign origin that the route does not have is refused, not served', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers, { corsOrigin: ['*'] })
  assert.equal((await call('PUT', '/peers', { headers: { origin: OTHER } })).status, 403)
})
