import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { GOODBYE, HostileScene } from '../support/hostile-scene.ts'
import { PROTOCOL } from '../support/wire-requests.ts'
import { skip } from './setup.ts'

/** The snappy frame format's stream identifier. */
const STREAM_ID = 'ff060000734e61507059'
/** An uncompressed chunk that claims 8 bytes with a checksum of zero. */
const BAD_CHECKSUM = '010c0000000000000102030405060708'

const BAD_REQUESTS: readonly { readonly name: string; readonly hex: string }[] = [
  { name: 'a wrong checksum', hex: `08${STREAM_ID}${BAD_CHECKSUM}` },
  { name: 'noise instead of frames', hex: '08deadbeefdeadbeefdeadbeef' },
  { name: 'a length that is not that of a ping', hex: `09${STREAM_ID}` },
  { name: 'a length prefix that never ends', hex: 'ff'.repeat(16) },
]

const BAD_GOSSIP: readonly { readonly name: string; readonly hex: string }[] = [
  { name: 'a length of 4 GiB', hex: '8080808010' },
  { name: 'a length past 2^63', hex: 'ff'.repeat(10) },
  { name: 'a field longer than its RPC', hex: '031a7f00' },
  { name: 'an unknown field of a wire type that does not exist', hex: '027f00' },
]

/** One fatal offence: the score is at its floor at once, and the ban stands before the peer has hung up. */
async function isBannedAtOnce(scene: HostileScene, hostile: GoWirePeer): Promise<void> {
  await scene.sentAway(hostile, GOODBYE.badScore)
  const { peer_score, score, gossipsub_score_weighted } = await scene.view(hostile)
  assert.equal(peer_score, -100)
  assert.equal(score, peer_score + gossipsub_score_weighted)
  await scene.staysOut(hostile)
}

test('frames that do not decode are fatal to who sends them, and to nobody else', { skip }, async (t) => {
  await using scene = await HostileScene.start()
  for (const { name, hex } of BAD_REQUESTS) {
    await t.test(`request: ${name}`, async () => {
      const hostile = await scene.startHostile()
      const data = Buffer.from(hex, 'hex')
      const { reply } = await hostile.request(scene.relay.peerId, { protocolId: PROTOCOL.ping, data })
      assert.ok(!reply.startsWith('00'), 'it was answered')
      await isBannedAtOnce(scene, hostile)
    })
  }
  for (const { name, hex } of BAD_GOSSIP) {
    await t.test(`gossip: ${name}`, async () => {
      const hostile = await scene.startMeshed()
      await hostile.sendRaw(scene.relay.peerId, Buffer.from(hex, 'hex'))
      await isBannedAtOnce(scene, hostile)
    })
  }
  await scene.good.lostNothing()
})
