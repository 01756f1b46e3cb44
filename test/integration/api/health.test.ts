import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthView } from '../../../src/rpc/node-views.ts'
import { startHarness } from './api-harness.ts'
import { HEALTHY, RelayDouble } from './relay-double.ts'

const PATH = '/eth/v1/node/health'

const CASES: readonly (readonly [string, HealthView, number])[] = [
  ['not listening', { ...HEALTHY, listening: false }, 503],
  ['no block mesh peer', { ...HEALTHY, blockMeshPeers: 0 }, 206],
  ['newest block 3 slots back', { ...HEALTHY, syncDistance: 3 }, 206],
  ['newest block 2 slots back', { ...HEALTHY, syncDistance: 2 }, 200],
  ['one mesh peer, block of this slot', { ...HEALTHY, blockMeshPeers: 1 }, 200],
]

for (const [name, health, status] of CASES) {
  test(`${name}: ${status}, with the sync distance in the body`, async (t) => {
    const relay = new RelayDouble()
    relay.health = health
    const { call } = await startHarness(t, relay.handlers)
    const reply = await call('GET', PATH)
    assert.equal(reply.status, status)
    assert.equal(reply.text, `{"data":{"sync_distance":${health.syncDistance}}}`)
  })
}

test('syncing_status replaces 206', async (t) => {
  const relay = new RelayDouble()
  relay.health = { ...HEALTHY, blockMeshPeers: 0 }
  const { call } = await startHarness(t, relay.handlers)
  for (const status of [200, 299, 418, 503, 599]) {
    const reply = await call('GET', `${PATH}?syncing_status=${status}`)
    assert.equal(reply.status, status)
    assert.deepEqual(reply.json(), { data: { sync_distance: 0 } })
  }
})

for (const [health, status] of [
  [HEALTHY, 200],
  [{ ...HEALTHY, listening: false }, 503],
] as const) {
  test(`syncing_status does not replace ${status}`, async (t) => {
    const relay = new RelayDouble()
    relay.health = health
    const { call } = await startHarness(t, relay.handlers)
    assert.equal((await call('GET', `${PATH}?syncing_status=299`)).status, status)
  })
}

test('a syncing_status of 1xx is sent and the connection closed, so that no client waits for more', async (t) => {
  const relay = new RelayDouble()
  relay.health = { ...HEALTHY, blockMeshPeers: 0 }
  const { raw } = await startHarness(t, relay.handlers)
  const reply = await raw(`GET ${PATH}?syncing_status=150 HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  assert.match(reply, /^HTTP\/1\.1 150 /)
  assert.match(reply, /\r\nConnection: close\r\n/)
})

for (const query of [
  '99',
  '600',
  '',
  '20',
  '2000',
  '2e2',
  '0x96',
  ' 200',
  '-206',
  '200&syncing_status=300',
  '%32%30',
]) {
  test(`syncing_status=${query} is 400 in the standard's error shape, and no call is made`, async (t) => {
    const relay = new RelayDouble()
    const { call } = await startHarness(t, relay.handlers)
    const reply = await call('GET', `${PATH}?syncing_status=${encodeURI(query).replaceAll('%25', '%')}`)
    assert.equal(reply.status, 400)
    assert.equal(reply.text, '{"code":400,"message":"syncing_status must be a number from 100 to 599"}')
    assert.deepEqual(relay.calls, [])
  })
}
