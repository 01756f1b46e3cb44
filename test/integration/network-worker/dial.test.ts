import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { relayNetwork } from '../../support/relay-config.ts'
import { startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const SOMEONE = '16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'
const QUIC_ADDRESS = `/ip4/127.0.0.1/udp/9/quic-v1/p2p/${SOMEONE}`

/** A port of loopback that nobody listens on. */
async function closedPort(): Promise<number> {
  const server: Server = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('what cannot be dialled is refused with its reason', async () => {
  await using relay = await startRelay()
  const { enr } = await relay.control.getNodeInfo()
  const refusals = [
    [{ enr: 'enr:rubbish' }, 'BAD_ENR'],
    [{ multiaddr: 'rubbish' }, 'BAD_MULTIADDR'],
    [{ multiaddr: '/ip4/127.0.0.1/tcp/9' }, 'BAD_MULTIADDR'],
    // QUIC is off in this relay.
    [{ multiaddr: QUIC_ADDRESS }, 'BAD_MULTIADDR'],
    [{ enr }, 'BAD_REQUEST'],
    [{ multiaddr: relay.addresses[0] ?? '' }, 'BAD_REQUEST'],
  ] as const
  for (const [target, code] of refusals) {
    await assert.rejects(async () => relay.control.connectPeer(target), { code }, JSON.stringify(target))
  }
  assert.deepEqual(await relay.control.listPeers(), [])
})

test('peers are looked up by a valid id that is known', async () => {
  await using relay = await startRelay()
  await assert.rejects(async () => relay.control.getPeer('rubbish'), { code: 'BAD_PEER_ID' })
  await assert.rejects(async () => relay.control.getPeer(SOMEONE), { code: 'PEER_NOT_FOUND' })
  await assert.rejects(async () => relay.control.disconnectPeer('rubbish'), { code: 'BAD_PEER_ID' })
  await assert.rejects(async () => relay.control.disconnectPeer(SOMEONE), { code: 'PEER_NOT_FOUND' })
})

test('a dial to nobody shows as connecting, then as disconnected', async () => {
  await using relay = await startRelay()
  const multiaddr = `/ip4/127.0.0.1/tcp/${await closedPort()}/p2p/${SOMEONE}`
  assert.deepEqual(await relay.control.connectPeer({ multiaddr }), { peer_id: SOMEONE, action: 'connecting' })
  assert.equal((await relay.control.getPeer(SOMEONE)).state, 'connecting')
  await until('the dial to fail', async () => (await relay.control.getPeer(SOMEONE)).state === 'disconnected')
  assert.deepEqual(await relay.control.listPeers(), [])
  const failure = relay.log.find(({ msg }) => msg === 'dial failed')
  assert.equal(failure?.['peer'], SOMEONE)
})

test('an address that another peer answers at is a failed dial', async () => {
  const network = relayNetwork()
  await using relay = await startRelay({ config: { network } })
  await using other = await startRelay({ config: { network } })
  const multiaddr = (other.addresses[0] ?? '').replace(other.peerId, SOMEONE)
  await relay.control.connectPeer({ multiaddr })
  await until('the dial to fail', async () => (await relay.control.getPeer(SOMEONE)).state === 'disconnected')
  assert.equal(await stateOf(relay, other.peerId), undefined)
})

test('of several addresses each is tried: a closed port, one that belongs to another peer, and the one that answers', async () => {
  const network = relayNetwork()
  await using relay = await startRelay({ config: { network } })
  await using wanted = await startRelay({ config: { network } })
  await using another = await startRelay({ config: { network } })
  const live = wanted.addresses[0] ?? ''
  const closed = await Promise.all(Array.from({ length: 5 }, closedPort))
  const multiaddrs = [
    `/ip4/127.0.0.1/udp/9/quic-v1/p2p/${wanted.peerId}`,
    (another.addresses[0] ?? '').replace(another.peerId, wanted.peerId),
    ...closed.map((port) => `/ip4/127.0.0.1/tcp/${port}/p2p/${wanted.peerId}`),
    live,
  ]
  const view = await relay.control.connectPeer({ multiaddrs })
  assert.deepEqual(view, { peer_id: wanted.peerId, action: 'connecting' })
  await until('the connection', async () => (await stateOf(relay, wanted.peerId)) === 'connected')
  const { address } = await relay.control.getPeer(wanted.peerId)
  assert.equal(`${address}/p2p/${wanted.peerId}`, live)
  assert.equal((await relay.control.listPeers()).length, 1)
})

test('addresses of two peers, or one that is none among good ones, are refused and nobody is dialled', async () => {
  await using relay = await startRelay()
  const good = `/ip4/127.0.0.1/tcp/9/p2p/${SOMEONE}`
  const other = `/ip4/127.0.0.1/tcp/9/p2p/${relay.peerId}`
  const refusals = [
    [[good, other], 'BAD_REQUEST'],
    [[good, 'rubbish'], 'BAD_MULTIADDR'],
    [[QUIC_ADDRESS, QUIC_ADDRESS], 'BAD_MULTIADDR'],
    [[], 'BAD_MULTIADDR'],
  ] as const
  for (const [multiaddrs, code] of refusals) {
    await assert.rejects(async () => relay.control.connectPeer({ multiaddrs }), { code }, JSON.stringify(multiaddrs))
  }
  assert.deepEqual(await relay.control.listPeers(), [])
})

test('dialling twice is one connection', async () => {
  const network = relayNetwork()
  await using relay = await startRelay({ config: { network } })
  await using other = await startRelay({ config: { network } })
  const multiaddr = other.addresses[0] ?? ''
  const { enr } = await other.control.getNodeInfo()
  const calls = [relay.control.connectPeer({ multiaddr }), relay.control.connectPeer({ enr })]
  for (const view of await Promise.all(calls)) {
    assert.deepEqual(view, { peer_id: other.peerId, action: 'connecting' })
  }
  await until('the connection', async () => {
    const states = [await stateOf(relay, other.peerId), await stateOf(other, relay.peerId)]
    return states.every((state) => state === 'connected')
  })
  assert.deepEqual(await relay.control.connectPeer({ enr }), { peer_id: other.peerId, action: 'already_connected' })
  assert.equal((await relay.control.listPeers()).length, 1)
  assert.equal((await other.control.listPeers()).length, 1)
})

test('a peer that is on TCP and QUIC is dialled over TCP, by which blocks come sooner', async () => {
  const network = relayNetwork()
  await using dialler = await startRelay({ config: { network, quic: true } })
  await using other = await startRelay({ config: { network, quic: true } })
  const { enr } = await other.control.getNodeInfo()
  await dialler.control.connectPeer({ enr })
  await until('the connection', async () => (await stateOf(dialler, other.peerId)) === 'connected')
  const { address } = await dialler.control.getPeer(other.peerId)
  assert.match(address, /\/tcp\/\d+$/)
})
