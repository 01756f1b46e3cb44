import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { MultiaddrConnection, PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { type ConnectionGate, connectionGater } from '../../../../src/network-worker/host/connection-gate.ts'
import { INBOUND_CONNECTIONS_PER_SECOND, InboundLimiter } from '../../../../src/network-worker/host/inbound-limiter.ts'
import { createIpExemption } from '../../../../src/network-worker/host/ip-exemption.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function scene(gate: Partial<ConnectionGate> = {}) {
  const limiter = new InboundLimiter(new FakeClock(), createIpExemption(false, []))
  const gater = connectionGater({ admitsAddress: () => true, admitsPeer: () => true, ...gate }, limiter)
  return { limiter, gater }
}

/** A connection as far as a gater looks at it. */
function from(address: string): MultiaddrConnection {
  const connection = { remoteAddr: multiaddr(address), send: () => true }
  return Object.assign(new EventTarget(), connection) as unknown as MultiaddrConnection
}

async function somebody(): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('secp256k1'))
}

test('private addresses may be dialled', () => {
  const { gater } = scene({ admitsAddress: () => false, admitsPeer: () => false })
  assert.equal(gater.denyDialMultiaddr?.(multiaddr('/ip4/192.168.1.2/tcp/9000')), false)
})

test('an inbound address is asked about by its IP, whatever the transport', async () => {
  const asked: string[] = []
  const { gater } = scene({ admitsAddress: (ip) => asked.push(ip) === 0 })
  assert.equal(await gater.denyInboundConnection?.(from('/ip4/192.0.2.1/tcp/5000')), true)
  assert.equal(await gater.denyInboundConnection?.(from('/ip6/2001:db8::1/udp/5000/quic-v1')), true)
  assert.deepEqual(asked, ['192.0.2.1', '2001:db8::1'])
})

test('connections of a refused address do not count against the rate of one', async () => {
  let admits = false
  const { gater, limiter } = scene({ admitsAddress: () => admits })
  const connect = async (): Promise<boolean> =>
    (await gater.denyInboundConnection?.(from('/ip4/192.0.2.1/tcp/5000'))) === false
  for (let count = 0; count < 100; count++) assert.equal(await connect(), false)
  assert.equal(limiter.refused, 0)
  admits = true
  for (let count = 0; count < INBOUND_CONNECTIONS_PER_SECOND; count++) assert.equal(await connect(), true)
  assert.equal(await connect(), false)
  assert.equal(limiter.refused, 1)
})

test('a peer is asked about before a dial, and after the encryption both ways with its IP', async () => {
  const asked: unknown[][] = []
  const { gater } = scene({ admitsPeer: (...question) => asked.push(question) % 2 === 0 })
  const peer = await somebody()
  const id = peer.toString()
  const connection = from('/ip4/192.0.2.1/tcp/5000')
  assert.equal(await gater.denyDialPeer?.(peer), true)
  assert.equal(await gater.denyDialPeer?.(peer), false)
  assert.equal(await gater.denyInboundEncryptedConnection?.(peer, connection), true)
  assert.equal(await gater.denyInboundEncryptedConnection?.(peer, connection), false)
  assert.equal(await gater.denyOutboundEncryptedConnection?.(peer, connection), true)
  assert.equal(await gater.denyOutboundEncryptedConnection?.(peer, connection), false)
  assert.deepEqual(
    asked.filter((_, index) => index % 2 === 0),
    [
      [id, undefined, 'outbound'],
      [id, '192.0.2.1', 'inbound'],
      [id, '192.0.2.1', 'outbound'],
    ],
  )
})
