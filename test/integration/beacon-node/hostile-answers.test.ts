/** What the relay does with answers that are no answers: none may cost more than its bound in time or memory. */
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { BeaconApi } from '../../../src/beacon-node/beacon-api.ts'
import { BeaconHttp, BeaconNodeError, type FailureKind } from '../../../src/beacon-node/http-answer.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { type Answerer, BeaconNodeServer, sendJson } from '../../support/beacon-node-server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { relayNetwork } from '../../support/relay-config.ts'

const GENESIS = '/eth/v1/beacon/genesis'

async function apiWith(t: TestContext, path: string, answer: Answerer, timeoutMs = 5000): Promise<BeaconApi> {
  const server = await BeaconNodeServer.start(t, relayNetwork())
  server.instead.set(path, answer)
  return new BeaconApi({ url: server.url, clock: systemClock, timeoutMs })
}

function failsWith(kind: FailureKind) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof BeaconNodeError, String(error))
    assert.equal(error.kind, kind, error.message)
    return true
  }
}

const json = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

const GOOD = { genesis_time: '1', genesis_validators_root: `0x${'00'.repeat(32)}`, genesis_fork_version: '0x00000000' }

const ANSWERS: readonly (readonly [name: string, kind: FailureKind, answer: Answerer])[] = [
  ['a redirect, also to itself', 'redirect', (_, response) => response.writeHead(302, { location: GENESIS }).end()],
  [
    'a redirect to elsewhere',
    'redirect',
    (_, response) => response.writeHead(307, { location: 'http://192.0.2.1/' }).end(),
  ],
  ['not found', 'not_found', (_, response) => sendJson(response, { code: 404, message: 'no' }, 404)],
  ['too many requests', 'too_many_requests', (_, response) => sendJson(response, {}, 429)],
  ['unauthorised', 'refused', (_, response) => sendJson(response, {}, 401)],
  ['an error of its own', 'server_error', (_, response) => sendJson(response, {}, 503)],
  ['no content', 'refused', (_, response) => response.writeHead(204).end()],
  [
    'a page for people',
    'wrong_type',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  ],
  ['no type', 'wrong_type', (_, response) => response.writeHead(200).end('{}')],
  ['text that is no JSON', 'bad_answer', (_, response) => json(response, '{"data":')],
  ['nothing', 'bad_answer', (_, response) => json(response, '')],
  ['null', 'bad_answer', (_, response) => json(response, 'null')],
  ['a list', 'bad_answer', (_, response) => json(response, '[]')],
  ['numbers for text', 'bad_answer', (_, response) => sendJson(response, { data: { ...GOOD, genesis_time: 1 } })],
  ['a negative time', 'bad_answer', (_, response) => sendJson(response, { data: { ...GOOD, genesis_time: '-1' } })],
  [
    'a time beyond numbers',
    'bad_answer',
    (_, response) => sendJson(response, { data: { ...GOOD, genesis_time: '9'.repeat(20) } }),
  ],
  [
    'a short root',
    'bad_answer',
    (_, response) => sendJson(response, { data: { ...GOOD, genesis_validators_root: '0x00' } }),
  ],
  [
    'bytes that are no text',
    'bad_answer',
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(64, 0xff)),
  ],
  [
    'a length beyond the bound',
    'too_large',
    (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 ** 40 }).flushHeaders(),
  ],
  ['a connection that is cut', 'unreachable', (_, response) => void response.destroy()],
]

for (const [name, kind, answer] of ANSWERS) {
  test(`${name}: ${kind}`, async (t) => {
    await assert.rejects((await apiWith(t, GENESIS, answer)).genesis(), failsWith(kind))
  })
}

test('an endless body ends at the bound, and so does the connection', async (t) => {
  let sentBytes = 0
  const closed = Promise.withResolvers<void>()
  const api = await apiWith(t, GENESIS, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const piece = Buffer.alloc(64 * 1024, 0x20)
    const more = (): void => {
      while (!response.destroyed && response.write(piece)) sentBytes += piece.length
    }
    response.on('drain', more).on('close', closed.resolve)
    more()
  })
  await assert.rejects(api.genesis(), failsWith('too_large'))
  await closed.promise
  assert.ok(sentBytes < 16 * 1024 * 1024, `${sentBytes} bytes were taken`)
})

test('a body in drops is given up in time, and so is silence', async (t) => {
  const drops = await apiWith(
    t,
    GENESIS,
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    },
    200,
  )
  await assert.rejects(drops.genesis(), failsWith('timeout'))
  const silence = await apiWith(t, GENESIS, () => undefined, 200)
  await assert.rejects(silence.genesis(), failsWith('timeout'))
})

test('nobody listens: unreachable, and the URL is not repeated', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const api = new BeaconApi({ url: `http://127.0.0.1:${port}/secret-token`, clock: systemClock })
  await assert.rejects(api.genesis(), (error: unknown) => {
    failsWith('unreachable')(error)
    assert.ok(error instanceof Error && !error.message.includes('secret-token'))
    return true
  })
})

test('a name without a listener: why, in words', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  // It may be of one address or of two, of which each is refused.
  const api = new BeaconApi({ url: `http://localhost:${port}`, clock: systemClock })
  await assert.rejects(api.genesis(), /ECONNREFUSED/)
})

test('an IPv6 address is asked as it is written in a URL', async (t) => {
  const server = createServer((_, response) => sendJson(response, { data: GOOD }))
  const isThere = await new Promise<boolean>((resolve) => {
    server.on('error', () => resolve(false)).listen(0, '::1', () => resolve(true))
  })
  if (!isThere) return t.skip('no IPv6 here')
  t.after(() => server.close())
  const api = new BeaconApi({ url: `http://[::1]:${(server.address() as AddressInfo).port}`, clock: systemClock })
  assert.equal((await api.genesis()).genesis_time, 1)
})

test('a small body that unpacks to a huge one is given up at the bound', async (t) => {
  const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
  const api = await apiWith(t, GENESIS, (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed),
  )
  await assert.rejects(api.genesis(), failsWith('too_large'))
})

test('a stop cuts off all that is under way, and a time-out only its own request', async (t) => {
  const server = await BeaconNodeServer.start(t, relayNetwork())
  for (const path of ['/silent', '/late']) server.instead.set(path, () => undefined)
  const clock = new FakeClock()
  const http = new BeaconHttp({ url: server.url, clock, timeoutMs: 1000 })
  const ask = (path: string) => http.ask({ path, accept: ['application/json'], maxBytes: 100 })
  const late = assert.rejects(ask('/late'), failsWith('timeout'))
  clock.advance(500)
  const silent = [ask('/silent'), ask('/silent')].map((asked) => assert.rejects(asked, failsWith('stopped')))
  clock.advance(500)
  await late
  http.stop()
  await Promise.all(silent)
  assert.equal(clock.pending, 0)
})

test('a stop cuts off what is under way, and refuses the rest', async (t) => {
  const api = await apiWith(t, GENESIS, () => undefined)
  const under = assert.rejects(api.genesis(), failsWith('stopped'))
  api.stop()
  await under
  await assert.rejects(api.syncing(), failsWith('stopped'))
})

test('the path of the URL is kept, its last slash is not', async (t) => {
  const server = await BeaconNodeServer.start(t, relayNetwork())
  server.instead.set(`/token${GENESIS}`, (_, response) => sendJson(response, { data: GOOD }))
  const api = new BeaconApi({ url: `${server.url}/token/`, clock: systemClock })
  assert.equal((await api.genesis()).genesis_time, 1)
})

test('types are asked for in order of preference', async (t) => {
  const server = await BeaconNodeServer.start(t, relayNetwork())
  let accept: string | undefined
  server.instead.set('/x', (request, response) => {
    accept = request.headers.accept
    sendJson(response, {})
  })
  const http = new BeaconHttp({ url: server.url, clock: systemClock })
  await http.ask({ path: '/x', accept: ['application/octet-stream', 'application/json'], maxBytes: 100 })
  assert.equal(accept, 'application/octet-stream,application/json;q=0.8')
})
