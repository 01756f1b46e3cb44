/** The gate between two real hosts, by TCP and by QUIC: what it refuses is refused whoever dials. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionGate } from '../../../src/network-worker/host/connection-gate.ts'
import { InboundLimiter } from '../../../src/network-worker/host/inbound-limiter.ts'
import { createIpExemption } from '../../../src/network-worker/host/ip-exemption.ts'
import { createHost, type Host } from '../../../src/network-worker/host/libp2p-host.ts'
import type { PeerDirection } from '../../../src/rpc/peer-views.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { until } from '../../support/until.ts'
import { relayRouter } from './router-node.ts'

type Transport = 'tcp' | 'quic'

/** A gate with one rule that is switched on and off, and what it was asked. */
class TestGate implements ConnectionGate {
  refusedPeer: string | undefined
  /** When set, the peer is refused only then. */
  refusedIp: string | undefined
  admitsAddresses = true
  readonly addresses: string[] = []
  readonly asked: (readonly [direction: PeerDirection, ip: string | undefined])[] = []

  admitsAddress(ip: string): boolean {
    this.addresses.push(ip)
    return this.admitsAddresses
  }

  admitsPeer(peerId: string, ip: string | undefined, direction: PeerDirection): boolean {
    this.asked.push([direction, ip])
    return peerId !== this.refusedPeer || (this.refusedIp !== undefined && ip !== this.refusedIp)
  }
}

async function startHost(transport: Transport, gate: ConnectionGate): Promise<Host & AsyncDisposable> {
  const host = await createHost({
    privateKey: await generateKeyPair('secp256k1'),
    agentVersion: 'test',
    listen: [
      {
        address: '127.0.0.1',
        tcpPort: transport === 'tcp' ? 0 : undefined,
        quicPort: transport === 'quic' ? 0 : undefined,
      },
    ],
    announce: [],
    inboundLimiter: new InboundLimiter(systemClock, createIpExemption(false, [])),
    gate,
    layers: 'own',
    createRouter: relayRouter,
  })
  await host.start()
  return Object.assign(host, { [Symbol.asyncDispose]: async () => host.stop() })
}

async function apart(one: Host, other: Host): Promise<void> {
  await until('no connection', () => one.getConnections().length + other.getConnections().length === 0)
}

for (const transport of ['tcp', 'quic'] as const) {
  test(`${transport}: a refused peer gets no connection when it dials, and does once it is admitted`, async () => {
    const gate = new TestGate()
    await using ours = await startHost(transport, gate)
    await using theirs = await startHost(transport, new TestGate())
    const opened: string[] = []
    ours.addEventListener('connection:open', ({ detail }) => void opened.push(detail.remotePeer.toString()))
    gate.refusedPeer = theirs.peerId.toString()
    // The dialler may see the connection open before it is closed on it.
    await theirs.dial(ours.getMultiaddrs()).catch(() => undefined)
    await until('a question', () => gate.asked.length > 0)
    await apart(ours, theirs)
    assert.deepEqual(opened, [])
    assert.deepEqual(gate.asked, [['inbound', '127.0.0.1']])

    gate.refusedPeer = undefined
    await theirs.dial(ours.getMultiaddrs())
    await until('a connection', () => opened.length === 1)
    assert.deepEqual(opened, [theirs.peerId.toString()])
  })

  test(`${transport}: an inbound address is refused before anybody says who they are`, async () => {
    const gate = new TestGate()
    gate.admitsAddresses = false
    await using ours = await startHost(transport, gate)
    await using theirs = await startHost(transport, new TestGate())
    await theirs.dial(ours.getMultiaddrs()).catch(() => undefined)
    await until('a question', () => gate.addresses.length > 0)
    await apart(ours, theirs)
    assert.deepEqual([gate.addresses, gate.asked], [['127.0.0.1'], []])
  })

  test(`${transport}: a refused peer is not dialled, nor kept when its ban falls during the dial`, async () => {
    const gate = new TestGate()
    const theirGate = new TestGate()
    await using ours = await startHost(transport, gate)
    await using theirs = await startHost(transport, theirGate)
    gate.refusedPeer = theirs.peerId.toString()
    await assert.rejects(ours.dial(theirs.getMultiaddrs()), { name: 'DialDeniedError' })
    assert.deepEqual(gate.asked, [['outbound', undefined]])
    assert.deepEqual(theirGate.asked, [], 'not a packet was sent')

    gate.refusedIp = '127.0.0.1'
    await assert.rejects(ours.dial(theirs.getMultiaddrs()), { name: 'ConnectionInterceptedError' })
    assert.deepEqual(gate.asked.slice(1), [
      ['outbound', undefined],
      ['outbound', '127.0.0.1'],
    ])
    await apart(ours, theirs)
    gate.refusedPeer = undefined
    await ours.dial(theirs.getMultiaddrs())
    assert.equal(ours.getConnections().length, 1)
  })
}
