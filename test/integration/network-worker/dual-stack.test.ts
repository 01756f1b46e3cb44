import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)
const NETWORK = relayNetwork()
const LOOPBACK = ['127.0.0.1', '::1']

interface TakenPort extends AsyncDisposable {
  readonly port: number
}

/** A port of the address that somebody else listens on. */
async function takenPort(host: string): Promise<TakenPort> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** A port that was free a moment ago, by both families. */
async function freePort(): Promise<number> {
  await using taken = await takenPort('::')
  return taken.port
}

/** Connects by the address, and answers what the dialled relay saw. */
async function seenFrom(address: string, dialled: RunningRelay, transports: object): Promise<string> {
  await using dialler = await startRelay({ config: { network: NETWORK, listenAddresses: LOOPBACK, ...transports } })
  await dialler.control.connectPeer({ multiaddr: address })
  await until(`a connection by ${address}`, async () => (await dialled.control.listPeers()).length === 1)
  const [peer] = await dialled.control.listPeers()
  await dialler.node.stop()
  await until('its end', async () => (await dialled.control.listPeers()).length === 0)
  return peer?.address ?? ''
}

test('TCP and QUIC listen on both families with the same ports, and each peer has the address of its own', {
  skip: HAS_IPV6 ? false : 'this machine has no IPv6',
}, async () => {
  const [port, quicPort] = [await freePort(), await freePort()]
  await using relay = await startRelay({
    config: { network: NETWORK, listenAddresses: ['0.0.0.0', '::'], port, quicPort, quic: true },
  })
  for (const host of ['/ip4/127.0.0.1', '/ip6/::1']) {
    const ofHost = relay.addresses.filter((address) => address.startsWith(`${host}/`))
    assert.deepEqual(ofHost, [
      `${host}/tcp/${port}/p2p/${relay.peerId}`,
      `${host}/udp/${quicPort}/quic-v1/p2p/${relay.peerId}`,
    ])
    const [byTcp = '', byQuic = ''] = ofHost
    assert.ok((await seenFrom(byTcp, relay, {})).startsWith(`${host}/tcp/`))
    assert.ok((await seenFrom(byQuic, relay, { tcp: false, quic: true })).startsWith(`${host}/udp/`))
  }
})

test('the record has both families, each with the port it got', {
  skip: HAS_IPV6 ? false : 'this machine has no IPv6',
}, async () => {
  await using relay = await startRelay({ config: { network: NETWORK, listenAddresses: LOOPBACK } })
  const { enr } = await relay.control.getNodeInfo()
  const record = ENR.decodeTxt(enr)
  assert.deepEqual([record.ip, record.udp, record.udp6], ['127.0.0.1', undefined, undefined])
  assert.ok(record.kvs.has('ip6'))
  for (const [host, port] of [
    ['/ip4/127.0.0.1', record.tcp],
    ['/ip6/::1', record.tcp6],
  ]) {
    assert.ok(relay.addresses.includes(`${host}/tcp/${port}/p2p/${relay.peerId}`), `${host} ${port}`)
  }
})

test('IPv6 that cannot be bound leaves IPv4, and is said aloud', {
  skip: HAS_IPV6 ? false : 'this machine has no IPv6',
}, async () => {
  await using taken = await takenPort('::1')
  await using relay = await startRelay({
    config: { network: NETWORK, listenAddresses: LOOPBACK, port: taken.port },
  })
  assert.deepEqual(relay.addresses, [`/ip4/127.0.0.1/tcp/${taken.port}/p2p/${relay.peerId}`])
  const { kvs, tcp } = ENR.decodeTxt((await relay.control.getNodeInfo()).enr)
  assert.deepEqual([tcp, kvs.has('ip6'), kvs.has('tcp6')], [taken.port, false, false])
  assert.deepEqual(
    relay.log.filter(({ level }) => level === 40).map(({ address }) => address),
    ['::1'],
  )
})
