import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Control } from '../../../src/rpc/contract.ts'
import type { PeerView } from '../../../src/rpc/peer-views.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import { startHarness } from './api-harness.ts'
import { PEER_A, PEER_B, peerView, RelayDouble } from './relay-double.ts'

test('forty reads that overlap cost the worker one call', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const markers = ['/config', '/node/info', '/mesh', '/peers/trusted']
  const gate = Promise.withResolvers<void>()
  const arrived = new Set<string>()
  const noted = <Answer>(marker: string, answer: () => Answer) => {
    arrived.add(marker)
    if (arrived.size === markers.length) gate.resolve()
    return answer()
  }
  let calls = 0
  const { handlers } = relay
  const { raw } = await startHarness(t, {
    ...handlers,
    listPeers: async () => {
      calls++
      await gate.promise
      return [...relay.peers.values()]
    },
    // Each asked for last on a connection: by then all of its reads have reached the app.
    getConfig: () => noted('/config', handlers.getConfig),
    getNodeInfo: () => noted('/node/info', handlers.getNodeInfo),
    listMesh: () => noted('/mesh', handlers.listMesh),
    listTrustedPeers: () => noted('/peers/trusted', handlers.listTrustedPeers),
  })
  const read = 'GET /peers HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const last = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
  const replies = await Promise.all(markers.map((path) => raw(read.repeat(10) + last(path))))
  assert.equal(replies.join('').split(JSON.stringify([peerView(PEER_A)])).length - 1, 40)
  assert.equal(calls, 1)
})

test('a read after a DELETE was answered never shows the peer, though an older read still waits', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  let isFirst = true
  const listPeers = async (): Promise<readonly PeerView[]> => {
    const seen = [...relay.peers.values()]
    if (!isFirst) return seen
    isFirst = false
    started.resolve()
    await gate.promise
    return seen
  }
  const { call } = await startHarness(t, { ...relay.handlers, listPeers })
  const old = call('GET', '/peers')
  await started.promise
  assert.equal((await call('DELETE', `/peers/${PEER_A}`)).status, 200)
  assert.deepEqual((await call('GET', '/peers')).json(), [peerView(PEER_B)])
  gate.resolve()
  assert.deepEqual((await old).json(), [peerView(PEER_A), peerView(PEER_B)])
})

/** What dashboards poll, each with the worker's call behind it. */
const POLLED: Readonly<Record<string, keyof Control>> = {
  '/mesh': 'listMesh',
  '/peers': 'listPeers',
  '/peers/trusted': 'listTrustedPeers',
  '/config': 'getConfig',
  '/node/info': 'getNodeInfo',
  '/discovery/stats': 'getDiscoveryStats',
  '/eth/v1/node/health': 'getHealth',
  '/eth/v1/node/peers': 'listNodePeers',
  '/eth/v1/node/syncing': 'getSyncing',
  '/stats/arrivals': 'listArrivals',
}

/** The double's handlers, each call counted. */
function counted(relay: RelayDouble): { readonly handlers: Handlers<Control>; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>()
  const handlers = new Proxy(relay.handlers, {
    get: (target, key, receiver) => {
      calls.set(String(key), (calls.get(String(key)) ?? 0) + 1)
      return Reflect.get(target, key, receiver)
    },
  })
  return { handlers, calls }
}

test('500 reads at once cost the worker a call of each kind, and again only after it rested', async (t) => {
  const { handlers, calls } = counted(new RelayDouble(PEER_A))
  const { raw } = await startHarness(t, handlers)
  const paths = Object.keys(POLLED)
  const startedMs = performance.now()
  const connections = Array.from({ length: 50 }, () => {
    const reads = paths.map((path, index) => {
      const isLast = index === paths.length - 1
      return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${isLast ? 'Connection: close\r\n' : ''}\r\n`
    })
    return raw(reads.join(''))
  })
  const replies = (await Promise.all(connections)).join('')
  const rests = Math.floor((performance.now() - startedMs) / 100)
  assert.equal(replies.split('HTTP/1.1 200 OK').length - 1, 500)
  for (const [path, method] of Object.entries(POLLED)) {
    const made = calls.get(method) ?? 0
    assert.ok(made >= 1 && made <= 1 + rests, `${path}: ${made} calls and ${rests} rests`)
  }
})

test('a read after a DELETE was answered does not get the answer that was held before it', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const { call } = await startHarness(t, relay.handlers)
  for (const gone of [PEER_A, PEER_B]) {
    assert.equal((await call('GET', `/peers/${gone}`)).status, 200)
    assert.match((await call('GET', '/peers')).text, new RegExp(gone))
    assert.equal((await call('DELETE', `/peers/${gone}`)).status, 200)
    assert.doesNotMatch((await call('GET', '/peers')).text, new RegExp(gone))
    assert.notEqual((await call('GET', `/peers/${gone}`)).text, JSON.stringify(peerView(gone)))
  }
})

test('each setting is read back at once, however often it is changed and read', async (t) => {
  const relay = new RelayDouble()
  const { call } = await startHarness(t, relay.handlers)
  for (let load = 1; load <= 20; load++) {
    assert.equal((await call('PATCH', '/config', { body: { network_load: load } })).status, 200)
    const reads = await Promise.all(Array.from({ length: 5 }, () => call('GET', '/config')))
    for (const read of reads) assert.equal((read.json() as { network_load: number }).network_load, load)
  }
})
