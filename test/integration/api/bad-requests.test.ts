import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallOptions, startHarness } from './api-harness.ts'
import { PEER_A, peerView, RelayDouble, TOPIC } from './relay-double.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const ENR = 'enr:-x'

interface Refusal {
  readonly name: string
  readonly request: readonly [method: string, path: string, options?: CallOptions]
  readonly status: number
  readonly error: string
}

const BODIES: readonly (readonly [name: string, body: unknown, error: string])[] = [
  ['neither', {}, 'body must have exactly one of enr and multiaddr'],
  ['both', { enr: ENR, multiaddr: '/ip4/127.0.0.1' }, 'body must have exactly one of enr and multiaddr'],
  ['an unknown key', { enr: ENR, trusted: true }, 'unknown key "trusted"'],
  ['a long unknown key', { enr: ENR, ['k'.repeat(99)]: 1 }, `unknown key "${'k'.repeat(40)}"`],
  ['a number', { enr: 7 }, 'enr must be a string'],
  ['null', { multiaddr: null }, 'multiaddr must be a string'],
  ['an array member', { enr: [ENR] }, 'enr must be a string'],
  ['an empty string', { enr: '' }, 'enr must not be empty'],
  ['a long ENR', { enr: 'e'.repeat(405) }, 'enr must have at most 404 characters'],
  ['a long multiaddr', { multiaddr: '/'.repeat(513) }, 'multiaddr must have at most 512 characters'],
  ['an array', [ENR], 'body must be a JSON object'],
]

const RAW_BODIES: readonly (readonly [name: string, body: string | undefined, error: string])[] = [
  ['no body', undefined, 'body must have exactly one of enr and multiaddr'],
  ['an empty body', '', 'body must have exactly one of enr and multiaddr'],
  ['half a body', '{"enr":', 'malformed JSON'],
  ['a bare string', '"enr"', 'malformed JSON'],
  ['null', 'null', 'malformed JSON'],
  ['text', 'enr:-x', 'malformed JSON'],
  ['a __proto__ key', '{"enr":"x","__proto__":{"multiaddr":"y"}}', 'unknown key "__proto__"'],
  ['only a __proto__ key', '{"__proto__":{"enr":"x"}}', 'unknown key "__proto__"'],
  ['a constructor key', '{"enr":"x","constructor":{"prototype":{}}}', 'unknown key "constructor"'],
]

const PEER_IDS = [
  'Trusted',
  '%74rusted',
  'ban',
  '__proto__',
  'constructor',
  '16Uiu2HAm',
  `${PEER_A.slice(1)}0`,
  `${PEER_A}%00`,
  `${PEER_A}${PEER_A}`,
  `%2e%2e%2f${PEER_A}`,
  'x'.repeat(8_000),
]

const REFUSALS: readonly Refusal[] = [
  ...BODIES.map(
    ([name, body, error]): Refusal => ({ name, request: ['POST', '/peers', { body }], status: 400, error }),
  ),
  ...RAW_BODIES.map(
    ([name, body, error]): Refusal => ({
      name,
      request: ['POST', '/peers', { body, headers: JSON_TYPE }],
      status: 400,
      error,
    }),
  ),
  ...PEER_IDS.flatMap((id) =>
    ['GET', 'DELETE'].map(
      (method): Refusal => ({
        name: 'peer id',
        request: [method, `/peers/${id}`],
        status: 400,
        error: 'invalid peer id',
      }),
    ),
  ),
  {
    name: 'an ENR the worker refuses',
    request: ['POST', '/peers', { body: { enr: ENR } }],
    status: 400,
    error: 'invalid ENR: signature does not verify',
  },
  {
    name: 'no content type',
    request: ['POST', '/peers', { body: '{"enr":"x"}' }],
    status: 415,
    error: 'content type must be application/json',
  },
  {
    name: 'a form',
    request: ['POST', '/peers', { body: 'enr=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    status: 415,
    error: 'content type must be application/json',
  },
  {
    name: 'JSON in a text/plain body',
    request: ['POST', '/peers', { body: '{"enr":"x"}', headers: { 'content-type': 'text/plain' } }],
    status: 415,
    error: 'content type must be application/json',
  },
  {
    name: 'a charset that is no Unicode',
    request: ['POST', '/peers', { body: '{}', headers: { 'content-type': 'application/json; charset=latin1' } }],
    status: 415,
    error: 'charset not supported',
  },
  {
    name: 'a compressed body',
    request: ['POST', '/peers', { body: '{}', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }],
    status: 415,
    error: 'content encoding not supported',
  },
  {
    name: 'a body over 16 KiB',
    request: ['POST', '/peers', { body: { enr: 'e'.repeat(16 * 1024) } }],
    status: 413,
    error: 'body too large',
  },
  {
    name: 'a chunked body over 16 KiB',
    request: [
      'POST',
      '/peers',
      { body: ' '.repeat(20_000), headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' } },
    ],
    status: 413,
    error: 'body too large',
  },
  { name: 'a bad escape', request: ['GET', '/peers/%E0%A4%A'], status: 400, error: 'malformed request' },
  { name: 'unknown path', request: ['GET', '/nothing'], status: 404, error: 'not found' },
  { name: 'root', request: ['GET', '/'], status: 404, error: 'not found' },
  { name: 'doubled slash', request: ['GET', '//peers'], status: 404, error: 'not found' },
  { name: 'other case', request: ['GET', '/Peers'], status: 404, error: 'not found' },
  { name: 'prototype member as path', request: ['GET', '/__proto__/constructor'], status: 404, error: 'not found' },
  { name: 'path below the banned', request: ['GET', `/peers/banned/${PEER_A}`], status: 404, error: 'not found' },
  {
    name: 'a range that is not encoded',
    request: ['DELETE', '/bans/ip/192.0.2.0/24'],
    status: 404,
    error: 'not found',
  },
  { name: 'bans of no kind', request: ['GET', '/bans'], status: 404, error: 'not found' },
  { name: 'path below a peer', request: ['DELETE', `/peers/${PEER_A}/x`], status: 404, error: 'not found' },
]

for (const { name, request, status, error } of REFUSALS) {
  const [method, path, options] = request
  test(`${method} ${path.slice(0, 40)}, ${name}: ${status} "${error}", and nothing changes`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers)
    const reply = await call(method, path, options)
    assert.equal(reply.status, status)
    assert.equal(reply.text, JSON.stringify({ error }))
    assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
    assert.deepEqual([...relay.peers], [[PEER_A, peerView(PEER_A)]])
    assert.equal(Object.hasOwn(Object.prototype, 'multiaddr'), false)
  })
}

test('errors below /eth/ have the shape of the standard API', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const missing = await call('GET', '/eth/v1/node/nothing')
  assert.equal(missing.status, 404)
  assert.equal(missing.text, '{"code":404,"message":"not found"}')
  const method = await call('POST', '/eth/v1/node/health')
  assert.equal(method.status, 405)
  assert.equal(method.text, '{"code":405,"message":"method not allowed"}')
})

const ALLOWED: readonly (readonly [path: string, allow: string, refused: readonly string[]])[] = [
  ['/eth/v1/node/health', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']],
  ['/node/info', 'GET, HEAD, OPTIONS', ['POST', 'DELETE']],
  ['/peers', 'GET, HEAD, POST, OPTIONS', ['PUT', 'PATCH', 'DELETE']],
  [`/peers/${PEER_A}`, 'GET, HEAD, DELETE, OPTIONS', ['POST', 'PUT', 'PATCH']],
  ['/peers/banned', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'DELETE']],
  [`/peers/${PEER_A}/ban`, 'POST, DELETE, OPTIONS', ['GET', 'HEAD', 'PUT', 'PATCH']],
  ['/peers/trusted', 'GET, HEAD, POST, OPTIONS', ['PUT', 'PATCH', 'DELETE']],
  [`/peers/trusted/${PEER_A}`, 'POST, DELETE, OPTIONS', ['GET', 'HEAD', 'PUT', 'PATCH']],
  ['/bans/ip', 'GET, HEAD, POST, OPTIONS', ['PUT', 'DELETE']],
  ['/bans/ip/192.0.2.0%2F24', 'DELETE, OPTIONS', ['GET', 'HEAD', 'POST', 'PUT']],
  ['/bans/agent', 'GET, HEAD, POST, OPTIONS', ['PUT', 'DELETE']],
  ['/bans/agent/prysm', 'DELETE, OPTIONS', ['GET', 'HEAD', 'POST', 'PUT']],
  ['/access', 'GET, HEAD, PUT, OPTIONS', ['POST', 'PATCH', 'DELETE']],
  ['/mesh', 'GET, HEAD, OPTIONS', ['POST', 'DELETE']],
  ['/mesh/explicit', 'GET, HEAD, OPTIONS', ['POST', 'PATCH', 'DELETE']],
  [`/mesh/explicit/${PEER_A}`, 'POST, DELETE, OPTIONS', ['GET', 'HEAD', 'PUT', 'PATCH']],
  [`/mesh/${encodeURIComponent(TOPIC)}/${PEER_A}`, 'POST, DELETE, OPTIONS', ['GET', 'HEAD', 'PUT', 'PATCH']],
  ['/eth/v1/node/identity', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/node/peers', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/node/peer_count', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/node/syncing', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/lodestar/peers', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/lodestar/lodestar_peer_score_stats', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/lodestar/gossip_peer_score_stats', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/stats/first-block-sender', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/stats/arrivals', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/node/version', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v2/node/version', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/config/spec', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/config/fork_schedule', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/beacon/genesis', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  [`/eth/v1/node/peers/${PEER_A}`, 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/lodestar/connect_peer', 'POST, OPTIONS', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/lodestar/disconnect_peer', 'POST, OPTIONS', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  ['/eth/v1/lodestar/direct_peers', 'GET, HEAD, POST, DELETE, OPTIONS', ['PUT', 'PATCH']],
  ['/config', 'GET, HEAD, PATCH, OPTIONS', ['POST', 'PUT', 'DELETE']],
]

for (const [path, allow, refused] of ALLOWED) {
  test(`${path}: other methods are 405 with Allow, OPTIONS is 204 with Allow`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers)
    for (const method of refused) {
      const reply = await call(method, path)
      assert.equal(reply.status, 405)
      assert.equal(reply.headers.allow, allow)
      assert.match(reply.text, method === 'HEAD' ? /^$/ : /"method not allowed"/)
    }
    const options = await call('OPTIONS', path)
    assert.deepEqual([options.status, options.headers.allow, options.text], [204, allow, ''])
    assert.deepEqual(relay.calls, [])
  })
}

for (const target of ['*', 'http://localhost/peers', 'http://[bad/peers']) {
  test(`request target ${target}: 400 as JSON`, async (t) => {
    const { raw } = await startHarness(t, new RelayDouble().handlers)
    const reply = await raw(`OPTIONS ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    assert.match(reply, /^HTTP\/1\.1 400 /)
    assert.match(reply, /X-Content-Type-Options: nosniff/)
    assert.match(reply, /\{"error":"request target must be a path"\}$/)
  })
}

for (const target of ['localhost:80', 'peers']) {
  test(`request target ${target}: the parser's own 400`, async (t) => {
    const { raw } = await startHarness(t, new RelayDouble().handlers)
    assert.match(await raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`), /^HTTP\/1\.1 400 /)
  })
}

test('a head over 16 KiB is 431', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  assert.equal((await call('GET', `/peers?${'q'.repeat(17_000)}`)).status, 431)
})
