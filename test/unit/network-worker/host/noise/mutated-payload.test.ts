/** A payload of the handshake that was changed on its way out of somebody's hands: no other identity comes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { UnexpectedPeerError } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import {
  encodePayload,
  signStaticKey,
  verifyPayload,
} from '../../../../../src/network-worker/host/noise/handshake-payload.ts'
import { mutated } from '../../../../support/mutated-bytes.ts'

const STATIC_KEY = new Uint8Array(32).fill(9)
/** The bound of the payload's own reader, as go-libp2p has it. */
const MAX_EXTENSION_ENTRIES = 100

for (const type of ['secp256k1', 'Ed25519'] as const) {
  test(`${type}: it is refused with the one error, or names who signed and no more extensions than allowed`, async () => {
    const key = await generateKeyPair(type)
    const owner = peerIdFromPrivateKey(key)
    const signature = await signStaticKey(key, STATIC_KEY)
    const valid = fc
      .array(fc.constantFrom('/yamux/1.0.0', '/mplex/6.7.0', 'x'), { maxLength: 99 })
      .map((muxers) => new Uint8Array(encodePayload(key, signature, muxers)))
    await fc.assert(
      fc.asyncProperty(mutated(valid), async (payload) => {
        try {
          const { peerId, extensions } = await verifyPayload(payload, STATIC_KEY, undefined)
          assert.ok(peerId.equals(owner))
          const { streamMuxers, webtransportCerthashes } = extensions
          assert.ok(streamMuxers.length + webtransportCerthashes.length <= MAX_EXTENSION_ENTRIES)
        } catch (error) {
          assert.ok(error instanceof UnexpectedPeerError, String(error))
        }
      }),
      { numRuns: 300 },
    )
  })
}
