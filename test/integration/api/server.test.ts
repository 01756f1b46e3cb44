import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import pino from 'pino'
import type { DirectControl, Operator } from '../../../src/api/operator.ts'
import { type ApiDeps, startApi } from '../../../src/api/server.ts'
import { EventHub } from '../../../src/main/event-hub.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { startHarness } from './api-harness.ts'
import { allHandlers, NO_ACCESS, PEER_A, RelayDouble } from './relay-double.ts'
import { CHAIN_FACTS } from './standard-double.ts'

const unused = (): Promise<never> => Promise.reject(new RelayError('RPC_CLOSED', 'unused'))
const operator: Operator = {
  patchConfig: unused,
  addExplicitPeer: unused,
  removeExplicitPeer: unused,
  listBannedPeers: unused,
  banPeer: unused,
  unbanPeer: unused,
  trustPeer: unused,
  trustConnectedPeer: unused,
  untrustPeer: unused,
  listBannedRanges: () => [],
  banRange: unused,
  unbanRange: unused,
  listBannedAgents: () => [],
  banAgent: unused,
  unbanAgent: unused,
  exportAccess: () => NO_ACCESS,
  importAccess: unused,
}

function deps(address: string, port: number): ApiDeps {
  const control = allHandlers(unused) as unknown as DirectControl
  const log = pino({ level: 'silent' })
  const events = new EventHub({ control: { subscribeEvents: unused } })
  return { control, operator, events, log, address, port, token: undefined, chainFacts: CHAIN_FACTS, corsOrigin: [] }
}

test('a taken port is LISTEN_FAILED with the address in the text', async (t) => {
  const { port } = await startHarness(t, new RelayDouble().handlers)
  await assert.rejects(startApi(deps('127.0.0.1', port)), {
    name: 'RelayError',
    code: 'LISTEN_FAILED',
    message: `the API cannot listen on 127.0.0.1:${port}: the port is in use`,
  })
})

test('an address of another machine is LISTEN_FAILED', async () => {
  await assert.rejects(startApi(deps('192.0.2.1', 0)), {
    code: 'LISTEN_FAILED',
    message: 'the API cannot listen on 192.0.2.1:0: this machine does not have the address',
  })
})

test('the url has the true port, and stop frees it', async (t) => {
  const { api, port, call } = await startHarness(t, new RelayDouble().handlers)
  assert.equal(api.url, `http://127.0.0.1:${port}`)
  assert.equal((await call('GET', '/peers')).status, 200)
  await api.stop()
  await assert.rejects(call('GET', '/peers'), { code: 'ECONNREFUSED' })
  const again = await startApi(deps('127.0.0.1', port))
  await again.stop()
  await again.stop()
})

test('stop closes idle keep-alive connections at once', async (t) => {
  const { api, port } = await startHarness(t, new RelayDouble().handlers)
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const request = httpRequest({ host: '127.0.0.1', port, path: '/peers', agent }).end()
  const [response] = await once(request, 'response')
  response.resume()
  await once(response, 'end')
  const startedMs = performance.now()
  await api.stop()
  assert.ok(performance.now() - startedMs < 900)
})

test('stop lets a request in progress end', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const { api, call } = await startHarness(t, {
    ...relay.handlers,
    disconnectPeer: async (peerId) => {
      started.resolve()
      await gate.promise
      relay.peers.delete(peerId)
    },
  })
  const reply = call('DELETE', `/peers/${PEER_A}`)
  await started.promise
  const stopped = api.stop()
  gate.resolve()
  assert.equal((await reply).status, 200)
  await stopped
  assert.equal(relay.peers.size, 0)
})

test('stop closes a keep-alive connection as soon as its last request has ended', async (t) => {
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const { api, port } = await startHarness(t, {
    ...new RelayDouble().handlers,
    listMesh: async () => {
      started.resolve()
      await gate.promise
      return []
    },
  })
  const client = connect(port, '127.0.0.1')
  t.after(() => client.destroy())
  client.write('GET /mesh HTTP/1.1\r\nHost: localhost\r\n\r\n')
  client.resume()
  await started.promise
  const startedMs = performance.now()
  const stopped = api.stop()
  gate.resolve()
  await stopped
  assert.ok(performance.now() - startedMs < 900)
})

test('an IPv6 address stands in brackets', async (t) => {
  const api = await startApi(deps('::1', 0)).catch((cause: unknown) => {
    assert.match(String(cause), /\[::1\]:0: this machine does not have the address/)
  })
  if (api === undefined) return t.skip('no IPv6 loopback here')
  assert.match(api.url, /^http:\/\/\[::1\]:\d+$/)
  await api.stop()
})

test('stop cuts what does not end: a silent client and a request that waits for the worker', async (t) => {
  const started = Promise.withResolvers<void>()
  const { api, port, call } = await startHarness(t, {
    ...new RelayDouble().handlers,
    listMesh: () => {
      started.resolve()
      return new Promise(() => undefined)
    },
  })
  const silent = connect(port, '127.0.0.1')
  silent.write('GET /peers HTTP/1.1\r\nHost: loc')
  silent.on('error', () => undefined)
  const waiting = assert.rejects(call('GET', '/mesh'), { code: 'ECONNRESET' })
  await started.promise
  const startedMs = performance.now()
  await api.stop()
  assert.ok(performance.now() - startedMs < 1_500)
  await waiting
  if (!silent.closed) await once(silent, 'close')
})

test('a client that goes away while the worker works harms nothing', async (t) => {
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const relay = new RelayDouble()
  const { port, call, logged } = await startHarness(t, {
    ...relay.handlers,
    listMesh: async () => {
      started.resolve()
      await gate.promise
      return []
    },
  })
  const client = connect(port, '127.0.0.1')
  client.write('GET /mesh HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await started.promise
  client.destroy()
  gate.resolve()
  assert.equal((await call('GET', '/peers')).status, 200)
  assert.deepEqual(
    logged.filter(({ level }) => Number(level) >= 40),
    [],
  )
})

test('writes are logged at info with their status, reads only at debug', async (t) => {
  const { call, logged } = await startHarness(t, new RelayDouble(PEER_A).handlers)
  await call('GET', '/peers?secret=1')
  await call('DELETE', `/peers/${PEER_A}`)
  const lines = logged.map(({ level, method, path, status }) => ({ level, method, path, status }))
  assert.deepEqual(lines, [
    { level: 20, method: 'GET', path: '/peers', status: 200 },
    { level: 30, method: 'DELETE', path: `/peers/${PEER_A}`, status: 200 },
  ])
})

/** What comes back for so many requests sent in one piece, until the other side ends the connection or all are answered. */
async function pipelined(port: number, count: number): Promise<{ answers: number; isEnded: boolean }> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.on('data', (chunk) => {
    text += chunk.toString()
    if (text.split('HTTP/1.1 200').length > count) resolve(false)
  })
  socket.on('error', () => resolve(true))
  socket.on('close', () => resolve(true))
  socket.write(`GET /eth/v1/node/health HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`.repeat(count))
  const isEnded = await promise
  socket.destroy()
  return { answers: text.split('HTTP/1.1 200').length - 1, isEnded }
}

test('some requests in a row are answered; a connection that sends hundreds before it reads is ended', async (t) => {
  const { port, call } = await startHarness(t, new RelayDouble().handlers)
  assert.deepEqual(await pipelined(port, 10), { answers: 10, isEnded: false })
  const { answers, isEnded } = await pipelined(port, 500)
  assert.ok(isEnded && answers <= 16, `${answers}`)
  assert.equal((await call('GET', '/eth/v1/node/health')).status, 200)
})
