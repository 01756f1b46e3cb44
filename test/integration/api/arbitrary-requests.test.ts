import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { startHarness } from './api-harness.ts'
import { PEER_A, PEER_B, peerView, RelayDouble, TOPIC } from './relay-double.ts'

const RUNS = { numRuns: 300 }
const STATE = [[PEER_A, peerView(PEER_A)]]

/** Pieces of true paths among noise, so that routes are met and not only the 404. */
const segment = fc.oneof(
  fc.constantFrom(
    'peers',
    'mesh',
    'explicit',
    encodeURIComponent(TOPIC),
    PEER_B,
    'trusted',
    'banned',
    'ban',
    'bans',
    'ip',
    'agent',
    '192.0.2.0%2F24',
    'access',
    'config',
    'node',
    'info',
    'eth',
    'v1',
    'health',
    'v2',
    'identity',
    'peer_count',
    'version',
    'syncing',
    'spec',
    'fork_schedule',
    'beacon',
    'genesis',
    'lodestar',
    'lodestar_peer_score_stats',
    'gossip_peer_score_stats',
    'connect_peer',
    'disconnect_peer',
    'direct_peers',
    'stats',
    'first-block-sender',
    'arrivals',
    '__proto__',
    '..',
    '%2e%2e',
    '%',
    '',
  ),
  fc.string({ unit: fc.constantFrom(...'aZ09%~!$&\'()*+,;=:@."<>|{}^`\\[]'), maxLength: 12 }),
  fc.webSegment(),
)
const path = fc
  .tuple(fc.array(segment, { maxLength: 5 }), fc.option(fc.webQueryParameters()))
  .map(([parts, query]) => `/${parts.join('/')}${query === null ? '' : `?${query}`}`)
/** CONNECT asks for a tunnel and has no answer of this kind. */
const method = fc.constantFrom(...METHODS.filter((name) => name !== 'CONNECT'))

function assertRefusedOrRead(status: number, text: string): void {
  assert.ok(status >= 200 && status < 500, `status ${status}: ${text}`)
  assert.doesNotMatch(text, /node_modules|at .*\.[tj]s:\d+|<html/i)
}

test('no method and path of a stranger is a 5xx or changes anything', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  await fc.assert(
    fc.asyncProperty(method, path, async (name, target) => {
      const reply = await call(name, target)
      assertRefusedOrRead(reply.status, reply.text)
      assert.deepEqual([...relay.peers], STATE)
    }),
    RUNS,
  )
})

test('no body without sense is a 5xx or changes anything', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  const member = fc.oneof(fc.string(), fc.jsonValue())
  const near = fc.dictionary(fc.constantFrom('enr', 'multiaddr', '__proto__', 'x'), member)
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    near.map((value) => JSON.stringify(value)),
    near.map((value) => JSON.stringify(value).slice(0, -1)),
  )
  const route = fc.constantFrom(
    ['POST', '/peers'],
    ['POST', '/peers/trusted'],
    ['POST', '/bans/ip'],
    ['POST', '/bans/agent'],
    ['PUT', '/access'],
    ['PATCH', '/config'],
  )
  const before = relay.state
  const type = fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/json', 'json', ';', '')
  await fc.assert(
    fc.asyncProperty(route, body, type, async ([name = '', target = ''], text, contentType) => {
      const reply = await call(name, target, { body: text, headers: { 'content-type': contentType } })
      assert.ok([400, 415].includes(reply.status), `status ${reply.status}: ${reply.text}`)
      assertRefusedOrRead(reply.status, reply.text)
      assert.deepEqual(relay.state, before)
    }),
    RUNS,
  )
})

test('no query of a stranger to the /eth/ routes is a 5xx or changes anything, and each refusal has the shape', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers)
  const before = relay.state
  const name = fc.constantFrom('state', 'direction', 'peerId', 'multiaddr', 'peer', 'state[]', '__proto__', 'x')
  // No whole peer id: with one, anybody may disconnect the peer that is here or have another dialled.
  const value = fc.oneof(
    fc.constantFrom(
      'connected',
      'inbound',
      'connected,inbound',
      `/ip4/1.2.3.4/tcp/1/p2p/`,
      'enr:',
      PEER_B.slice(1),
      ',',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom('%', '%E0%A4', '%00'),
  )
  const query = fc
    .array(fc.tuple(name, value), { maxLength: 5 })
    .map((all) => all.map((pair) => pair.join('=')).join('&'))
  const route = fc.constantFrom(
    ['GET', '/eth/v1/node/peers'],
    ['GET', '/eth/v1/node/syncing'],
    ['GET', '/eth/v1/lodestar/peers'],
    ['POST', '/eth/v1/lodestar/connect_peer'],
    ['POST', '/eth/v1/lodestar/disconnect_peer'],
    ['POST', '/eth/v1/lodestar/direct_peers'],
    ['DELETE', '/eth/v1/lodestar/direct_peers'],
  )
  await fc.assert(
    fc.asyncProperty(route, query, async ([verb = '', target = ''], text) => {
      const reply = await call(verb, `${target}?${text}`)
      assertRefusedOrRead(reply.status, reply.text)
      if (reply.status >= 400) {
        const { code, message } = reply.json() as { code: unknown; message: unknown }
        assert.equal(reply.text, JSON.stringify({ code, message }))
        assert.equal(code, reply.status)
      }
      assert.deepEqual(relay.state, before)
    }),
    RUNS,
  )
})

test('no header is a 5xx', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const { call } = await startHarness(t, relay.handlers, { corsOrigin: ['https://dashboard.example'] })
  const name = fc.constantFrom(
    'host',
    'origin',
    'accept',
    'authorization',
    'content-type',
    'content-encoding',
    'if-none-match',
    'if-modified-since',
    'range',
    'access-control-request-method',
    'access-control-request-headers',
    'x-forwarded-host',
    'x-http-method-override',
    'cookie',
  )
  const value = fc.oneof(
    fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) }),
    fc.constantFrom('*', 'null', 'DELETE', 'bytes=0-1', 'http://[', 'application/json; charset=x', '__proto__'),
  )
  const headers = fc.dictionary(name, value, { maxKeys: 4 })
  const target = fc.constantFrom(
    '/peers',
    '/mesh',
    '/eth/v1/node/health',
    '/eth/v1/node/peers',
    '/eth/v1/lodestar/direct_peers',
    `/peers/${PEER_A}`,
  )
  const verb = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST')
  await fc.assert(
    fc.asyncProperty(verb, target, headers, async (methodName, requestPath, given) => {
      const reply = await call(methodName, requestPath, { headers: given })
      assertRefusedOrRead(reply.status, reply.text)
      assert.deepEqual([...relay.peers], STATE)
    }),
    RUNS,
  )
})
