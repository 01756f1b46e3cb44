import assert from 'node:assert/strict'
import { test } from 'node:test'
import { announcedEndpoint, listenEndpoint } from '../../../../src/network-worker/host/endpoints.ts'
import { relayConfig } from '../../../support/relay-config.ts'

const BASE = relayConfig('/nowhere', { listenAddress: '0.0.0.0', port: 9000, quicPort: 9001, quic: true })

test('we listen on the transports that are on', () => {
  assert.deepEqual(listenEndpoint(BASE), { address: '0.0.0.0', tcpPort: 9000, quicPort: 9001 })
  assert.deepEqual(listenEndpoint({ ...BASE, tcp: false }), { address: '0.0.0.0', tcpPort: undefined, quicPort: 9001 })
  assert.deepEqual(listenEndpoint({ ...BASE, quic: false }), { address: '0.0.0.0', tcpPort: 9000, quicPort: undefined })
})

test('without an address of the operator nothing is announced', () => {
  assert.equal(announcedEndpoint({ ...BASE, enrTcp: 1234 }), undefined)
})

test("the operator's address comes with the ports given, else with those we listen on", () => {
  const enrIp = '203.0.113.5'
  assert.deepEqual(announcedEndpoint({ ...BASE, enrIp }), { address: enrIp, tcpPort: 9000, quicPort: 9001 })
  assert.deepEqual(announcedEndpoint({ ...BASE, enrIp, enrTcp: 30_000, enrQuic: 30_001 }), {
    address: enrIp,
    tcpPort: 30_000,
    quicPort: 30_001,
  })
})

test('a port that the system chooses, or a transport that is off, is not announced', () => {
  const enrIp = '203.0.113.5'
  assert.deepEqual(announcedEndpoint({ ...BASE, enrIp, port: 0, quicPort: 0 }), {
    address: enrIp,
    tcpPort: undefined,
    quicPort: undefined,
  })
  assert.deepEqual(announcedEndpoint({ ...BASE, enrIp, tcp: false, enrTcp: 30_000 }), {
    address: enrIp,
    tcpPort: undefined,
    quicPort: 9001,
  })
})
