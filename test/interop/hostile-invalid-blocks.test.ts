import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { NetworkConfig } from '../../src/consensus/network-config.ts'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { assertBetween, GOODBYE, GOSSIP_WEIGHT, HostileScene } from '../support/hostile-scene.ts'
import { compressed, serialized, slotNow, unsignedBlock } from '../support/unsigned-block.ts'
import { until } from '../support/until.ts'
import { skip } from './setup.ts'

const MID = -5
/** P4 of the block topic: its weight 0.5, times -107.5 / 0.5, for the square of the invalid messages. */
const P4 = -107.5
/** -5 each, and P4 by the square: the fourth is the first at or below -20, the ninth at or below -50. */
const TO_DISCONNECT = 4
const TO_BAN = 9
/** What decays while a test runs. */
const DECAYED = 0.97

/** What no block of a network is, in each of the ways that show by themselves; `nth` makes blocks differ. */
const INVALID: readonly ((network: NetworkConfig, nth: number) => Uint8Array)[] = [
  function noSnappy() {
    return Buffer.concat([Buffer.alloc(4_096, 0xff), randomBytes(8)])
  },
  function tooShort() {
    return compressBlock(randomBytes(40))
  },
  function outOfShape(network, nth) {
    const bytes = Buffer.from(serialized(unsignedBlock(network, slotNow(network), nth)))
    bytes.writeUInt32LE(bytes.readUInt32LE(0) + 1, 0) // its first offset
    return compressBlock(bytes)
  },
  function ofAnotherTime(network, nth) {
    const block = unsignedBlock(network, slotNow(network), nth)
    block.message.body.executionPayload.timestamp++
    return compressed(block)
  },
]

function invalidBlock({ network }: HostileScene, nth: number): string {
  const make = INVALID[nth % INVALID.length]
  assert.ok(make !== undefined)
  return Buffer.from(make(network, nth)).toString('hex')
}

test('each invalid block counts against who sent it, in both scores, up to the ban', { skip }, async () => {
  await using scene = await HostileScene.start()
  const hostile = await scene.startHostile()
  const publish = (nth: number): Promise<void> =>
    hostile.send(scene.relay.peerId, { publish: [{ topic: scene.topic, data: invalidBlock(scene, nth) }] })

  for (let sent = 1; sent < TO_DISCONNECT; sent++) {
    await publish(sent)
    await countsInBoth(scene, hostile, sent)
  }
  assert.equal((await scene.view(hostile)).state, 'connected')
  await publish(TO_DISCONNECT)
  await scene.sentAway(hostile, GOODBYE.badScore)
  const { score, peer_score } = await scene.view(hostile)
  assertBetween(peer_score, MID * TO_DISCONNECT, MID * TO_DISCONNECT * DECAYED)
  assertBetween(score, -30, -20)

  await scene.returns(hostile)
  for (let sent = TO_DISCONNECT + 1; sent < TO_BAN; sent++) {
    await publish(sent)
    await countsInBoth(scene, hostile, sent)
  }
  assert.equal(await scene.isBanned(hostile), false)
  await publish(TO_BAN)
  await scene.sentAway(hostile, GOODBYE.badScore, 2)
  await scene.staysOut(hostile)
  await scene.good.lostNothing()
})

/** Waits until `sent` invalid blocks are counted, and asserts what they cost. */
async function countsInBoth(scene: HostileScene, hostile: GoWirePeer, sent: number): Promise<void> {
  const fullCost = { peer: MID * sent, gossip: P4 * sent ** 2 }
  await until(`${sent} invalid blocks counted`, async () => {
    const { peer_score, gossipsub_score } = await scene.view(hostile)
    return peer_score <= fullCost.peer * DECAYED && gossipsub_score <= fullCost.gossip * DECAYED
  })
  const view = await scene.view(hostile)
  assertBetween(view.peer_score, fullCost.peer, fullCost.peer * DECAYED)
  assertBetween(view.gossipsub_score, fullCost.gossip, fullCost.gossip * DECAYED)
  assertBetween(view.gossipsub_score_weighted / view.gossipsub_score, GOSSIP_WEIGHT - 1e-9, GOSSIP_WEIGHT + 1e-9)
  assert.equal(view.score, view.peer_score + view.gossipsub_score_weighted)
}
