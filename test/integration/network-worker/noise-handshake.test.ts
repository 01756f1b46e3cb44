/** Our noise with the stock library at the other end, either way round; and every reason for which a handshake fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionEncrypter, StreamMuxerFactory } from '@libp2p/interface'
import { mplex } from '@libp2p/mplex'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { ownNoise } from '../../../src/network-worker/host/noise/noise-encrypter.ts'
import { tcpPair } from '../../support/tcp-pair.ts'
import { ENCRYPTERS } from './noise-scene.ts'

const ECHO = '/echo/1'
const MUXERS = { yamux: yamux(), mplex: mplex() }
const [alice, bob] = [await generateKeyPair('secp256k1'), await generateKeyPair('Ed25519')]

async function node(encrypter: typeof ownNoise | typeof noise, muxers: readonly (keyof typeof MUXERS)[]) {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [encrypter()],
    streamMuxers: muxers.map((muxer) => MUXERS[muxer]),
    connectionMonitor: { enabled: false },
  })
}

const BYTES = Uint8Array.from({ length: 300_000 }, (_, at) => at & 0xff)

for (const [name, dialler, listener] of [
  ['ours dials stock', ownNoise, noise],
  ['stock dials ours', noise, ownNoise],
  ['ours dials ours', ownNoise, ownNoise],
] as const) {
  for (const muxer of ['yamux', 'mplex'] as const) {
    test(`${name} over ${muxer}: 300 kB there and back`, async () => {
      const [far, near] = [await node(listener, ['mplex', 'yamux']), await node(dialler, [muxer])]
      try {
        await far.handle(ECHO, async (stream) => {
          for await (const data of stream) if (!stream.send(data)) await stream.onDrain()
          await stream.close()
        })
        const connection = await near.dial(far.getMultiaddrs())
        assert.ok(connection.remotePeer.equals(far.peerId))
        assert.match(connection.multiplexer ?? '', new RegExp(muxer))
        const stream = await connection.newStream(ECHO)
        const back: Uint8Array[] = []
        const reading = (async () => {
          for await (const data of stream) back.push(data.subarray())
        })()
        for (let at = 0; at < BYTES.length; at += 50_000) {
          if (!stream.send(BYTES.subarray(at, at + 50_000))) await stream.onDrain()
        }
        await stream.close()
        await reading
        assert.ok(Buffer.concat(back).equals(BYTES))
      } finally {
        await Promise.all([near.stop(), far.stop()])
      }
    })
  }
}

test('a peer that is somebody else is refused, and learns nothing of us', async () => {
  for (const theirs of ['own', 'stock'] as const) {
    await using pair = await tcpPair()
    const expected = { remotePeer: peerIdFromPrivateKey(alice), signal: AbortSignal.timeout(30_000) }
    const answering = ENCRYPTERS[theirs](bob).secureInbound(pair.accepted, { signal: AbortSignal.timeout(30_000) })
    answering.catch(() => undefined)
    const dialling = ENCRYPTERS.own(alice).secureOutbound(pair.dialled, expected)
    await assert.rejects(dialling, { name: 'UnexpectedPeerError' })
    // All that was sent comes before the end: with a third message the other side would know us.
    await pair.dialled.close()
    await assert.rejects(answering)
  }
})

/** Muxers are names to noise. */
function muxersOf(...names: string[]): ReadonlyMap<string, StreamMuxerFactory> {
  return new Map(names.map((protocol) => [protocol, { protocol } as StreamMuxerFactory]))
}

async function agreed(ours: readonly string[], theirs: readonly string[]): Promise<readonly (string | undefined)[]> {
  await using pair = await tcpPair()
  const [near, far] = [ours, theirs].map(
    (names): ConnectionEncrypter =>
      ownNoise()({ privateKey: alice, upgrader: { getStreamMuxers: () => new Map(muxersOf(...names)) } }),
  )
  assert.ok(near !== undefined && far !== undefined)
  const both = await Promise.allSettled([near.secureOutbound(pair.dialled), far.secureInbound(pair.accepted)])
  return both.map((end) => (end.status === 'fulfilled' ? end.value.streamMuxer?.protocol : 'none'))
}

test("the muxer is the first of the initiator's that both have; without a word of it it is left open", async () => {
  assert.deepEqual(await agreed(['a', 'b'], ['b', 'a']), ['a', 'a'])
  assert.deepEqual(await agreed(['x', 'b', 'a'], ['a', 'b']), ['b', 'b'])
  assert.deepEqual(await agreed(['a'], []), [undefined, 'none'])
  assert.deepEqual(await agreed([], []), [undefined, undefined])
  assert.deepEqual(await agreed(['a'], ['b']), ['none', 'none'])
})

test('whoever keeps silent is waited for as long as the signal says', async () => {
  await using pair = await tcpPair()
  const signal = AbortSignal.timeout(100)
  await assert.rejects(ENCRYPTERS.own(alice).secureInbound(pair.accepted, { signal }), { name: 'TimeoutError' })
})

for (const [what, bytes] of Object.entries({
  'a first message that is too short': Uint8Array.of(0, 3, 1, 2, 3),
  'a key for which everybody knows the secret': Buffer.concat([Uint8Array.of(0, 32), new Uint8Array(32)]),
})) {
  test(`${what} ends the handshake`, async () => {
    await using pair = await tcpPair()
    pair.dialled.send(bytes)
    await assert.rejects(ENCRYPTERS.own(alice).secureInbound(pair.accepted), { name: 'InvalidCryptoExchangeError' })
  })
}

test('so do the end of the connection and more than a handshake needs', async () => {
  for (const spoil of ['end', 'flood'] as const) {
    await using pair = await tcpPair()
    const securing = ENCRYPTERS.own(alice).secureInbound(pair.accepted)
    if (spoil === 'end') await pair.dialled.close()
    else for (let i = 0; i < 40; i++) pair.dialled.send(Buffer.alloc(65_537, 0xff))
    await assert.rejects(securing, { name: 'InvalidCryptoExchangeError' })
  }
})
