/** Explicit peers over the real router, registry and dialer; only the host's dials are the test's. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import pino from 'pino'
import { Dialer } from '../../../../src/network-worker/peers/dialling/dialer.ts'
import { ExplicitPeers } from '../../../../src/network-worker/peers/explicit-peers.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { MAX_EXPLICIT_PEERS, MAX_PEER_ADDRESSES } from '../../../../src/shared/limits.ts'
import { addPeer, graftRpc, OTHER_TOPIC, prunesTo, routerScene, TOPIC } from '../gossip/router/router-scene.ts'

const ids: string[] = []
before(async () => {
  const keys = await Promise.all(Array.from({ length: MAX_EXPLICIT_PEERS + 3 }, () => generateKeyPair('Ed25519')))
  ids.push(...keys.map((key) => peerIdFromPrivateKey(key).toString()))
})

function idOf(index: number): string {
  return ids[index] ?? assert.fail(`no id ${index}`)
}

function addressOf(index: number, port = 9000): string {
  return `/ip4/10.0.0.1/tcp/${port}/p2p/${idOf(index)}`
}

/** Peers 1, 2, … with dials that fail unless `reachable`; we are number 0. */
function scene() {
  const all = routerScene()
  const { clock, router } = all
  const registry = new PeerRegistry()
  const dials: { atMs: number; address: string }[] = []
  const reachable = new Set<string>()
  const warnings: string[] = []
  const log = pino({ level: 'warn', base: null }, { write: (line: string) => void warnings.push(line) })
  const dialer = new Dialer({
    host: {
      dial: async ([address]) => {
        const text = String(address)
        dials.push({ atMs: clock.monotonicMs(), address: text })
        if (!reachable.has(text)) throw new Error('nobody there')
        arrive(text.split('/').at(-1) ?? '')
      },
    },
    ownPeerId: idOf(0),
    registry,
    clock,
    log: pino({ level: 'silent' }),
    canDial: (address) => !address.toString().includes('quic'),
    admits: () => true,
  })
  const arrive = (peerId: string): void => {
    registry.enter(peerId, '/ip4/10.0.0.1/tcp/9000', 'outbound').state = 'connected'
  }
  const leave = (peerId: string): void => registry.leave(registry.get(peerId) ?? assert.fail())
  const explicit = new ExplicitPeers({ router, registry, dialer, ownPeerId: idOf(0), clock, log })
  /** Seconds pass one by one, with what dials bring about in between. */
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { ...all, registry, dials, reachable, warnings, explicit, arrive, leave, pass }
}

test('add: out of every mesh with a PRUNE that says why, and then forwarded to without one', async () => {
  const { router, explicit, changes } = scene()
  const peer = addPeer(router, idOf(1), { topics: [TOPIC, OTHER_TOPIC] })
  router.join(TOPIC)
  router.join(OTHER_TOPIC)
  changes.length = 0
  assert.deepEqual(await explicit.add({ peerId: idOf(1), addresses: [] }), { peerId: idOf(1), addresses: [] })
  assert.deepEqual(
    changes.map(({ action, topic, reason }) => [action, topic, reason]),
    [TOPIC, OTHER_TOPIC].map((topic) => ['prune_sent', topic, 'explicit_peer']),
  )
  assert.equal(prunesTo(peer).length, 2)
  assert.deepEqual([router.meshPeers(TOPIC), router.explicitPeers(TOPIC)], [[], [idOf(1)]])

  router.forwardMessage('some id', { topic: TOPIC, data: new Uint8Array(50) }, 'source')
  assert.equal(peer.frames.length, 1)
  await router.heartbeat()
  await router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  assert.deepEqual(router.meshPeers(TOPIC), [], 'neither a heartbeat nor its own GRAFT puts it into the mesh')
  assert.equal(changes.at(-1)?.reason, 'explicit_peer')
})

test('remove: an ordinary peer again, that may be grafted when the backoff is over', async () => {
  const { router, explicit, clock } = scene()
  addPeer(router, idOf(1))
  router.join(TOPIC)
  await explicit.add({ peerId: idOf(1), addresses: [] })
  explicit.remove(idOf(1))
  assert.deepEqual([explicit.list(), [...router.direct]], [[], []])
  clock.advance(61_000)
  await router.heartbeat()
  assert.deepEqual(router.meshPeers(TOPIC), [idOf(1)])
})

test('both are idempotent; the list says who is connected', async () => {
  const { explicit, arrive, leave, router } = scene()
  explicit.remove(idOf(1))
  await explicit.add({ peerId: idOf(1), addresses: [] })
  await explicit.add({ peerId: idOf(1), addresses: [] })
  await explicit.add({ peerId: idOf(2), addresses: [] })
  arrive(idOf(2))
  const connected = (): unknown => explicit.list().map(({ peer_id, is_connected }) => [peer_id, is_connected])
  assert.deepEqual(connected(), [
    [idOf(1), false],
    [idOf(2), true],
  ])
  leave(idOf(2))
  explicit.remove(idOf(1))
  explicit.remove(idOf(1))
  assert.deepEqual(connected(), [[idOf(2), false]])
  assert.deepEqual([...router.direct], [idOf(2)])
})

test('our own id and what is no id are refused; so is one more than the bound, but not one that is in already', async () => {
  const { explicit, router } = scene()
  await assert.rejects(explicit.add({ peerId: idOf(0), addresses: [] }), { code: 'BAD_REQUEST' })
  await assert.rejects(explicit.add({ peerId: 'nobody', addresses: [] }), { code: 'BAD_PEER_ID' })
  assert.throws(() => explicit.remove('nobody'), { code: 'BAD_PEER_ID' })
  for (let index = 1; index <= MAX_EXPLICIT_PEERS; index++) await explicit.add({ peerId: idOf(index), addresses: [] })
  await assert.rejects(
    explicit.add({ peerId: idOf(MAX_EXPLICIT_PEERS + 1), addresses: [] }),
    (error) => error instanceof RelayError && error.code === 'LIST_FULL' && error.message.includes('256'),
  )
  await explicit.add({ peerId: idOf(1), addresses: [] })
  assert.equal(router.direct.size, MAX_EXPLICIT_PEERS)
})

test('a peer that is away is dialled at once and then after 5, 10, 20, 40 and ever again 60 s', async () => {
  const { explicit, dials, pass } = scene()
  explicit.start([])
  await explicit.add({ peerId: idOf(1), addresses: [addressOf(1)] })
  await pass(300)
  const gaps = dials.map(({ atMs }, index) => (atMs - (dials[index - 1]?.atMs ?? 0)) / 1000)
  assert.deepEqual(gaps, [0, 5, 10, 20, 40, 60, 60, 60])
  explicit.stop()
})

test('a peer that was there and went is dialled within a second, from the first delay on', async () => {
  const { explicit, dials, pass, reachable, leave, clock } = scene()
  explicit.start([])
  reachable.add(addressOf(1))
  await explicit.add({ peerId: idOf(1), addresses: [addressOf(1)] })
  await pass(100)
  assert.equal(dials.length, 1)
  assert.equal(explicit.list()[0]?.is_connected, true)
  reachable.clear()
  leave(idOf(1))
  const leftMs = clock.monotonicMs()
  await pass(17)
  assert.deepEqual(
    dials.slice(1).map(({ atMs }) => (atMs - leftMs) / 1000),
    [1, 6, 16],
  )
  reachable.add(addressOf(1))
  await pass(20)
  assert.equal(explicit.list()[0]?.is_connected, true)
  explicit.stop()
  leave(idOf(1))
  const before = dials.length
  await pass(120)
  assert.equal(dials.length, before, 'and not after the stop')
  assert.equal(clock.pending, 0)
})

test('a removed peer is not dialled any more', async () => {
  const { explicit, dials, pass } = scene()
  explicit.start([])
  await explicit.add({ peerId: idOf(1), addresses: [addressOf(1)] })
  explicit.remove(idOf(1))
  await pass(120)
  assert.equal(dials.length, 1)
})

test('addresses take turns, the given ones before the known, and at most so many are kept', async () => {
  const { explicit, dials, pass } = scene()
  explicit.start([])
  const ports = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => addressOf(1, from + index))
  await explicit.add({ peerId: idOf(1), addresses: ports(1, 4) })
  const { addresses } = await explicit.add({ peerId: idOf(1), addresses: ports(3, MAX_PEER_ADDRESSES) })
  assert.deepEqual(new Set(addresses), new Set(ports(3, MAX_PEER_ADDRESSES)))
  assert.equal(addresses.length, MAX_PEER_ADDRESSES)
  assert.equal(new Set(addresses).size, addresses.length)
  dials.length = 0
  await pass(600)
  const turn = dials.slice(0, MAX_PEER_ADDRESSES).map(({ address }) => address)
  assert.equal(new Set(turn).size, MAX_PEER_ADDRESSES, String(turn))
})

test('a peer that we dialled is dialled again where it was; of one that dialled us nothing is made up', async () => {
  const { explicit, registry } = scene()
  registry.enter(idOf(1), '/ip4/10.0.0.7/tcp/9100', 'outbound').state = 'connected'
  registry.enter(idOf(2), '/ip4/10.0.0.8/tcp/54321', 'inbound').state = 'connected'
  const one = await explicit.add({ peerId: idOf(1), addresses: [] })
  const two = await explicit.add({ peerId: idOf(2), addresses: [] })
  assert.deepEqual([one.addresses, two.addresses], [[`/ip4/10.0.0.7/tcp/9100/p2p/${idOf(1)}`], []])
})

test('an address that cannot be dialled is warned of and tried again later, and others are not held up', async () => {
  const { explicit, dials, pass, warnings } = scene()
  explicit.start([
    { peerId: idOf(1), addresses: [`/ip4/10.0.0.1/udp/9001/quic-v1/p2p/${idOf(1)}`] },
    { peerId: idOf(2), addresses: [addressOf(2)] },
  ])
  assert.deepEqual(
    dials.map(({ address }) => address),
    [addressOf(2)],
  )
  assert.equal(warnings.length, 1)
  await pass(5)
  assert.equal(warnings.length, 2)
})

test('peers of an earlier run are explicit from the start, and dialled', () => {
  const { explicit, dials, router } = scene()
  explicit.start([{ peerId: idOf(1), addresses: [addressOf(1)] }])
  assert.deepEqual([...router.direct], [idOf(1)])
  assert.equal(dials.length, 1)
  explicit.stop()
})
