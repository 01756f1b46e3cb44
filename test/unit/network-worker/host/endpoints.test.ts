import assert from 'node:assert/strict'
import { test } from 'node:test'
import { announcedEndpoints, discoveryBinds, listenEndpoints } from '../../../../src/network-worker/host/endpoints.ts'
import { relayConfig } from '../../../support/relay-config.ts'

const BASE = relayConfig('/nowhere', { listenAddresses: ['0.0.0.0'], port: 9000, quicPort: 9001, quic: true })
const BOTH = ['0.0.0.0', '::']

test('we listen on the transports that are on', () => {
  assert.deepEqual(listenEndpoints(BASE), [{ address: '0.0.0.0', tcpPort: 9000, quicPort: 9001 }])
  assert.deepEqual(listenEndpoints({ ...BASE, tcp: false }), [
    { address: '0.0.0.0', tcpPort: undefined, quicPort: 9001 },
  ])
  assert.deepEqual(listenEndpoints({ ...BASE, quic: false }), [
    { address: '0.0.0.0', tcpPort: 9000, quicPort: undefined },
  ])
})

test('both families listen on the same ports', () => {
  assert.deepEqual(
    listenEndpoints({ ...BASE, listenAddresses: BOTH }),
    BOTH.map((address) => ({ address, tcpPort: 9000, quicPort: 9001 })),
  )
})

test('discovery binds what we listen on, and nothing when it is off', () => {
  assert.deepEqual(discoveryBinds({ ...BASE, discovery: true, listenAddresses: BOTH }), [
    { address: '0.0.0.0', port: 9000 },
    { address: '::', port: 9000 },
  ])
  assert.deepEqual(discoveryBinds(BASE), [])
})

test('without an address of the operator nothing is announced', () => {
  assert.deepEqual(announcedEndpoints({ ...BASE, enrTcp: 1234 }), [])
})

test("the operator's addresses come with the ports given, else with those we listen on", () => {
  const enrIps = ['203.0.113.5', '2001:db8::5']
  assert.deepEqual(
    announcedEndpoints({ ...BASE, enrIps }),
    enrIps.map((address) => ({ address, tcpPort: 9000, quicPort: 9001 })),
  )
  assert.deepEqual(
    announcedEndpoints({ ...BASE, enrIps, enrTcp: 30_000, enrQuic: 30_001 }),
    enrIps.map((address) => ({ address, tcpPort: 30_000, quicPort: 30_001 })),
  )
})

test('a port that the system chooses, or a transport that is off, is not announced', () => {
  const enrIps = ['203.0.113.5']
  assert.deepEqual(announcedEndpoints({ ...BASE, enrIps, port: 0, quicPort: 0 }), [
    { address: '203.0.113.5', tcpPort: undefined, quicPort: undefined },
  ])
  assert.deepEqual(announcedEndpoints({ ...BASE, enrIps, tcp: false, enrTcp: 30_000 }), [
    { address: '203.0.113.5', tcpPort: undefined, quicPort: 9001 },
  ])
})
