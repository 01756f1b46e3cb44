/** Trusted peers over the real book, registry and dialer; only the host's dials are the test's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import pino from 'pino'
import { AccessBook } from '../../../../src/network-worker/peers/access/access-book.ts'
import { Dialer } from '../../../../src/network-worker/peers/dialling/dialer.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import { TrustedPeers } from '../../../../src/network-worker/peers/trusted-peers.ts'
import type { TrustedPeer } from '../../../../src/rpc/access.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

async function peerAt(...ports: readonly number[]): Promise<TrustedPeer> {
  const peerId = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
  return { peerId, enr: null, addresses: ports.map((port) => `/ip4/192.0.2.1/tcp/${port}/p2p/${peerId}`) }
}

/** Dials of peers in `online` connect them, others fail. */
function scene(trustedPeers: readonly TrustedPeer[]) {
  const clock = new FakeClock()
  const registry = new PeerRegistry()
  const access = new AccessBook({ bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers })
  const log = pino({ level: 'silent' })
  const dials: { atMs: number; address: string }[] = []
  const online = new Set<string>()
  const arrive = (peerId: string): void => {
    const record = registry.enter(peerId, '/ip4/192.0.2.1/tcp/9000', 'outbound')
    record.state = 'connected'
    record.connectedAtMs = clock.monotonicMs()
  }
  const dialer = new Dialer({
    host: {
      dial: async ([address]) => {
        const text = String(address)
        dials.push({ atMs: clock.monotonicMs(), address: text })
        const peerId = text.split('/').at(-1) ?? ''
        if (!online.has(peerId)) throw new Error('nobody there')
        arrive(peerId)
      },
    },
    ownPeerId: 'ourselves',
    registry,
    clock,
    log,
    canDial: () => true,
    admits: (peerId) => !access.isBannedPeer(peerId),
  })
  const trusted = new TrustedPeers({ access, registry, dialer, clock, log })
  /** Seconds pass one by one, dials ending in between. */
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(1000)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  const leave = (peerId: string): void => registry.leave(registry.get(peerId) ?? assert.fail())
  return { clock, registry, access, trusted, dials, online, arrive, leave, pass }
}

test('peers of an earlier run are dialled at the start, and after 1, 2, 4, … and ever again 60 s', async () => {
  const peer = await peerAt(9000)
  const { trusted, dials, pass, clock } = scene([peer])
  trusted.start()
  await pass(250)
  const gaps = dials.map(({ atMs }, index) => (atMs - (dials[index - 1]?.atMs ?? 0)) / 1000)
  assert.deepEqual(gaps, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
  trusted.stop()
  assert.equal(clock.pending, 0)
})

test('one that went is back within seconds', async () => {
  const peer = await peerAt(9000)
  const { trusted, dials, online, leave, pass } = scene([peer])
  online.add(peer.peerId)
  trusted.start()
  await pass(61)
  assert.deepEqual([dials.length, trusted.list()[0]?.is_connected], [1, true])
  online.clear()
  leave(peer.peerId)
  await pass(2)
  online.add(peer.peerId)
  assert.equal(trusted.list()[0]?.is_connected, false)
  await pass(2)
  assert.deepEqual([dials.length, trusted.list()[0]?.is_connected], [4, true])
  trusted.stop()
})

test('added: dialled at once, again at once with other addresses; removed: stays as it is, and is not dialled', async () => {
  const [one, two] = await Promise.all([peerAt(9000), peerAt(9001)])
  const { trusted, access, dials, online, leave, pass } = scene([])
  trusted.start()
  access.apply({ trust: [one, two] })
  trusted.added(one.peerId)
  trusted.added(two.peerId)
  assert.deepEqual(
    dials.map(({ address }) => address),
    [...one.addresses, ...two.addresses],
  )
  online.add(one.peerId)
  await pass(3)
  access.apply({ untrust: [one.peerId] })
  trusted.removed(one.peerId)
  assert.deepEqual(
    trusted.list().map(({ peer_id }) => peer_id),
    [two.peerId],
  )
  leave(one.peerId)
  dials.length = 0
  const moved = two.addresses.map((address) => address.replace('/9001/', '/9002/'))
  access.apply({ trust: [{ ...two, addresses: moved }] })
  trusted.added(two.peerId)
  assert.deepEqual(
    dials.map(({ address }) => address),
    moved,
  )
  await pass(60)
  assert.equal(
    dials.some(({ address }) => address.endsWith(one.peerId)),
    false,
  )
  trusted.stop()
})

test('the list is in the order trusted, with the ENR of the book or else the one the peer is known by', async () => {
  const [one, two, three] = await Promise.all([peerAt(9000), peerAt(9001), peerAt(9002)])
  const { trusted, access, registry, arrive } = scene([two, { ...one, enr: 'enr:kept' }])
  access.apply({ trust: [three, two] })
  for (const { peerId } of [one, three]) {
    arrive(peerId)
    Object.assign(registry.get(peerId) ?? assert.fail(), { enr: 'enr:heard' })
  }
  assert.deepEqual(trusted.list(), [
    { peer_id: two.peerId, enr: null, is_connected: false },
    { peer_id: one.peerId, enr: 'enr:kept', is_connected: true },
    { peer_id: three.peerId, enr: 'enr:heard', is_connected: true },
  ])
})

test('one that is banned besides is not dialled until the ban is gone', async () => {
  const peer = await peerAt(9000)
  const { trusted, access, dials, pass } = scene([peer])
  access.apply({ ban: [peer.peerId] })
  trusted.start()
  await pass(10)
  assert.equal(dials.length, 0)
  access.apply({ unban: [peer.peerId] })
  await pass(10)
  assert.ok(dials.length > 0)
  trusted.stop()
})
