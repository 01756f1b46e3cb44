import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { UnexpectedPeerError } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import {
  decodePayload,
  encodePayload,
  signStaticKey,
  verifyPayload,
} from '../../../../../src/network-worker/host/noise/handshake-payload.ts'
import { bytesField } from '../../../../../src/network-worker/host/noise/protobuf-fields.ts'

const STATIC_KEY = new Uint8Array(32).fill(9)
const MUXERS = ['/yamux/1.0.0', '/mplex/6.7.0']
const alice = await generateKeyPair('secp256k1')
const mallory = await generateKeyPair('Ed25519')
const aliceId = peerIdFromPrivateKey(alice)

test('who signed the static key is believed, whoever else is expected is not', async () => {
  const payload = encodePayload(alice, await signStaticKey(alice, STATIC_KEY), MUXERS)
  const { peerId, extensions } = await verifyPayload(payload, STATIC_KEY, aliceId)
  assert.ok(peerId.equals(aliceId))
  assert.deepEqual(extensions, { streamMuxers: MUXERS, webtransportCerthashes: [] })
  assert.ok((await verifyPayload(payload, STATIC_KEY, undefined)).peerId.equals(aliceId))
  await assert.rejects(verifyPayload(payload, STATIC_KEY, peerIdFromPrivateKey(mallory)), UnexpectedPeerError)
})

test("a signature of another key, or somebody else's, is refused", async () => {
  const other = encodePayload(alice, await signStaticKey(alice, new Uint8Array(32)), MUXERS)
  await assert.rejects(verifyPayload(other, STATIC_KEY, undefined), UnexpectedPeerError)
  const forged = encodePayload(alice, await signStaticKey(mallory, STATIC_KEY), MUXERS)
  await assert.rejects(verifyPayload(forged, STATIC_KEY, undefined), UnexpectedPeerError)
  await assert.rejects(verifyPayload(new Uint8Array(), STATIC_KEY, undefined), UnexpectedPeerError)
})

test('fields of all kinds that nobody knows are passed by, and the last of a known one counts', () => {
  const known = bytesField(2, Buffer.from('signature'))
  const unknown = Buffer.from('0896011500000000190000000000000000', 'hex')
  const bytes = Buffer.concat([bytesField(2, Buffer.from('first')), unknown, bytesField(99, STATIC_KEY), known])
  assert.deepEqual(Buffer.from(decodePayload(bytes).signature), Buffer.from('signature'))
  const hashes = bytesField(4, bytesField(1, STATIC_KEY))
  const [hash] = decodePayload(hashes).extensions.webtransportCerthashes
  assert.deepEqual(new Uint8Array(hash ?? []), STATIC_KEY)
})

test('more than a hundred extensions are refused', () => {
  const entries = Array.from({ length: 101 }, () => bytesField(2, Buffer.from('x')))
  assert.equal(decodePayload(bytesField(4, Buffer.concat(entries.slice(1)))).extensions.streamMuxers.length, 100)
  assert.throws(() => decodePayload(bytesField(4, Buffer.concat(entries))), /too many/)
})

test('any bytes are a message or an error, never anything else; none names a peer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), async (garbage) => {
      await assert.rejects(verifyPayload(garbage, STATIC_KEY, undefined), UnexpectedPeerError)
    }),
    { numRuns: 500 },
  )
})

test('muxers come back as they were written', async () => {
  const signature = await signStaticKey(alice, STATIC_KEY)
  const ids = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 20 })
  fc.assert(
    fc.property(ids, (streamMuxers) => {
      const payload = decodePayload(encodePayload(alice, signature, streamMuxers))
      assert.deepEqual(payload.extensions, { streamMuxers, webtransportCerthashes: [] })
      assert.deepEqual(new Uint8Array(payload.signature), new Uint8Array(signature))
    }),
  )
})

test('extensions that run past their own end are refused, though the payload goes on', () => {
  const extensions = bytesField(4, bytesField(2, Buffer.from('/yamux/1.0.0')))
  const longer = Buffer.concat([extensions, bytesField(2, STATIC_KEY)])
  assert.deepEqual(decodePayload(longer).extensions.streamMuxers, ['/yamux/1.0.0'])
  longer[3] = (longer[3] ?? 0) + 1 // the length of the muxer's name
  assert.throws(() => decodePayload(longer))
})
