import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import pino from 'pino'
import { resolveTarget } from '../../../../../src/network-worker/peers/dialling/dial-target.ts'
import { Dialer, MAX_PENDING_DIALS } from '../../../../../src/network-worker/peers/dialling/dialer.ts'
import { MAX_REMEMBERED_PEERS, PeerRegistry } from '../../../../../src/network-worker/peers/peer-registry.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

async function addressOfSomeone(ip = '10.0.0.1'): Promise<{ readonly peerId: string; readonly multiaddr: string }> {
  const peerId = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
  return { peerId, multiaddr: `/ip4/${ip}/tcp/9000/p2p/${peerId}` }
}

/** A dialer over a host whose dials end when the test says. */
async function scene() {
  const { peerId: ownPeerId } = await addressOfSomeone()
  const clock = new FakeClock()
  const registry = new PeerRegistry()
  const banned = new Set<string>()
  const dials: { addresses: string[]; end: PromiseWithResolvers<unknown> }[] = []
  const dialer = new Dialer({
    host: {
      dial: (addresses) => {
        const end = Promise.withResolvers<unknown>()
        dials.push({ addresses: addresses.map((address) => address.toString()), end })
        return end.promise
      },
    },
    ownPeerId,
    registry,
    clock,
    log: pino({ level: 'silent' }),
    canDial: (address) => !address.toString().includes('quic'),
    admits: (peerId) => !banned.has(peerId),
  })
  return { banned, clock, registry, dials, dialer, ownPeerId }
}

/** Lets what waits on a dial's end run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('a dial is under way at once, and the same peer is not dialled twice', async () => {
  const { dialer, dials, registry } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone('10.0.0.7')
  assert.deepEqual(dialer.connect({ multiaddr }), { peer_id: peerId, action: 'connecting' })
  assert.deepEqual(dialer.connect({ multiaddr }), { peer_id: peerId, action: 'connecting' })
  assert.deepEqual([dials.length, dialer.pending], [1, 1])
  assert.deepEqual(dials[0]?.addresses, [multiaddr])
  const record = registry.get(peerId)
  assert.deepEqual(
    [record?.state, record?.direction, record?.address, record?.ip],
    ['connecting', 'outbound', '/ip4/10.0.0.7/tcp/9000', '10.0.0.7'],
  )
})

test('an answered dial is the first guess of the round trip', async () => {
  const { dialer, dials, registry, clock } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  dialer.connect({ multiaddr })
  clock.advance(35)
  dials[0]?.end.resolve(undefined)
  await settled()
  assert.deepEqual([registry.get(peerId)?.rttMs, registry.get(peerId)?.rttVerified], [35, false])
  assert.equal(dialer.pending, 0)
})

test('a failed dial leaves the peer disconnected, and it may be tried again', async () => {
  const { dialer, dials, registry } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  dialer.connect({ multiaddr })
  dials[0]?.end.reject(new AggregateError([new Error('connection refused')]))
  await settled()
  assert.equal(registry.get(peerId)?.state, 'disconnected')
  assert.equal(dialer.connect({ multiaddr }).action, 'connecting')
  assert.equal(dials.length, 2)
})

test('a dial that fails while the peer has come in by itself leaves that connection alone', async () => {
  const { dialer, dials, registry } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  dialer.connect({ multiaddr })
  Object.assign(registry.get(peerId) ?? {}, { state: 'connected', connections: 1 })
  dials[0]?.end.reject(new Error('refused'))
  await settled()
  assert.equal(registry.get(peerId)?.state, 'connected')
  assert.equal(dialer.connect({ multiaddr }).action, 'already_connected')
})

test('a dial that fails after the peer was forgotten and came back leaves its new record alone', async () => {
  const { dialer, dials, registry } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  dialer.connect({ multiaddr })
  registry.leave(registry.get(peerId) ?? assert.fail('no record'))
  for (let gone = 0; gone < MAX_REMEMBERED_PEERS; gone++) registry.leave(registry.enter(`gone-${gone}`, '', 'inbound'))
  assert.equal(registry.get(peerId), undefined)
  Object.assign(registry.enter(peerId, '', 'inbound'), { state: 'connected', connections: 1 })
  dials[0]?.end.reject(new Error('refused'))
  await settled()
  assert.deepEqual([registry.get(peerId)?.state, registry.get(peerId)?.connections], ['connected', 1])
})

test('beyond 128 dials under way the next is refused, until one ends', async () => {
  const { dialer, dials } = await scene()
  assert.equal(MAX_PENDING_DIALS, 128)
  for (let dial = 0; dial < MAX_PENDING_DIALS; dial++) dialer.connect(await addressOfSomeone())
  const oneMore = await addressOfSomeone()
  assert.throws(() => dialer.connect(oneMore), { code: 'DIAL_QUEUE_FULL' })
  assert.equal(dials.length, MAX_PENDING_DIALS)
  dials[0]?.end.reject(new Error('refused'))
  await settled()
  assert.equal(dialer.connect(oneMore).action, 'connecting')
})

test('ourselves, and transports that are off, are refused before anything is dialled', async () => {
  const { dialer, dials, registry, ownPeerId } = await scene()
  const { peerId } = await addressOfSomeone()
  assert.throws(() => dialer.connect({ multiaddr: `/ip4/10.0.0.1/tcp/9000/p2p/${ownPeerId}` }), { code: 'BAD_REQUEST' })
  assert.throws(() => dialer.connect({ multiaddr: `/ip4/10.0.0.1/udp/9001/quic-v1/p2p/${peerId}` }), {
    code: 'BAD_MULTIADDR',
  })
  assert.deepEqual([dials.length, registry.live().length], [0, 0])
})

test('a banned peer is refused before anything is dialled, and remembered by nobody', async () => {
  const { dialer, dials, registry, banned } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  banned.add(peerId)
  assert.throws(() => dialer.connect({ multiaddr }), { code: 'PEER_BANNED', message: 'peer is banned' })
  assert.equal(await dialer.dial(resolveTarget({ multiaddr }), 'debug'), false)
  assert.deepEqual([dials.length, dialer.pending, registry.get(peerId)], [0, 0, undefined])
})

test('a dial of the queue tells when it has ended, and how', async () => {
  const { dialer, dials } = await scene()
  const reached = dialer.dial(resolveTarget(await addressOfSomeone()), 'debug')
  const refused = dialer.dial(resolveTarget(await addressOfSomeone()), 'debug')
  assert.equal(dialer.pending, 2)
  dials[0]?.end.resolve(undefined)
  dials[1]?.end.reject(new Error('connection refused'))
  assert.deepEqual(await Promise.all([reached, refused]), [true, false])
  assert.equal(dialer.pending, 0)
})

test('somebody else at the address is a failed dial and no more', async () => {
  const { dialer, dials, registry } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  const ended = dialer.dial(resolveTarget({ multiaddr }), 'debug')
  dials[0]?.end.reject(new Error('Payload identity key does not match expected remote peer'))
  assert.equal(await ended, false)
  assert.deepEqual([registry.get(peerId)?.state, registry.live().length], ['disconnected', 0])
})

test('a dial already under way is joined, whoever started it', async () => {
  const { dialer, dials } = await scene()
  const { multiaddr } = await addressOfSomeone()
  dialer.connect({ multiaddr })
  const joined = dialer.dial(resolveTarget({ multiaddr }), 'debug')
  assert.deepEqual([dials.length, dialer.pending], [1, 1])
  dials[0]?.end.resolve(undefined)
  assert.equal(await joined, true)
})

test('the queue does not dial ourselves, a peer that is here, or a transport that is off', async () => {
  const { dialer, dials, registry, ownPeerId } = await scene()
  const { peerId, multiaddr } = await addressOfSomeone()
  registry.enter(peerId, '/ip4/10.0.0.1/tcp/9000', 'inbound').state = 'connected'
  assert.equal(await dialer.dial(resolveTarget({ multiaddr }), 'debug'), true)
  const { peerId: other } = await addressOfSomeone()
  for (const address of [`/ip4/10.0.0.1/tcp/9000/p2p/${ownPeerId}`, `/ip4/10.0.0.1/udp/9001/quic-v1/p2p/${other}`]) {
    assert.equal(await dialer.dial(resolveTarget({ multiaddr: address }), 'debug'), false)
  }
  assert.deepEqual([dials.length, registry.live().length], [0, 1])
})

test('a host that throws instead of failing leaves no dial behind', async () => {
  const { registry, clock, ownPeerId } = await scene()
  const dialer = new Dialer({
    host: {
      dial: () => {
        throw new Error('not started')
      },
    },
    ownPeerId,
    registry,
    clock,
    log: pino({ level: 'silent' }),
    canDial: () => true,
    admits: () => true,
  })
  assert.equal(await dialer.dial(resolveTarget(await addressOfSomeone()), 'info'), false)
  assert.equal(dialer.pending, 0)
})
