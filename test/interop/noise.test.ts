/** Our noise under the stock muxer, with go-libp2p at the other end: dialled by it and dialling it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { ownNoise } from '../../src/network-worker/host/noise/noise-encrypter.ts'
import { GoPeer } from '../support/go-peer.ts'
import { until } from '../support/until.ts'
import { skip } from './setup.ts'

/** Its answer has the names of all protocols of the peer. */
const IDENTIFY = '/ipfs/id/1.0.0'

async function node() {
  const libp2p = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [ownNoise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  })
  return { libp2p, [Symbol.asyncDispose]: async () => await libp2p.stop() }
}

/** Waits for its answer. The stream may have ended before one can wait for its end. */
async function identified(connection: Connection): Promise<void> {
  const stream = await connection.newStream(IDENTIFY)
  let answer = ''
  stream.addEventListener('message', ({ data }) => {
    answer += Buffer.from(data.subarray()).toString('latin1')
  })
  await until('the names of its protocols', () => answer.includes('/meshsub/'))
}

test('we dial Go: the muxer comes with the handshake, and what it answers is read', { skip }, async () => {
  await using go = await GoPeer.start()
  await using ours = await node()
  const connection = await ours.libp2p.dial(multiaddr(go.address('tcp')))
  assert.equal(connection.remotePeer.toString(), go.peerId)
  assert.deepEqual([connection.encryption, connection.multiplexer], ['/noise', '/yamux/1.0.0'])
  await identified(connection)
})

test('Go dials us, and is who it says', { skip }, async () => {
  await using go = await GoPeer.start()
  await using ours = await node()
  const [address] = ours.libp2p.getMultiaddrs()
  assert.equal((await go.dial(String(address))).transport, 'tcp')
  await until('the connection', () => ours.libp2p.getConnections().length === 1)
  const [connection] = ours.libp2p.getConnections()
  assert.ok(connection !== undefined)
  assert.deepEqual([connection.direction, connection.remotePeer.toString()], ['inbound', go.peerId])
  await identified(connection)
})

test('Go under another name than its own is refused', { skip }, async () => {
  await using go = await GoPeer.start()
  await using ours = await node()
  const stranger = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
  const address = go.address('tcp').replace(go.peerId, stranger)
  await assert.rejects(ours.libp2p.dial(multiaddr(address)), /this is/)
})
