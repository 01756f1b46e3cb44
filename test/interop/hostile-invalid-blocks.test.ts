import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compressBlock } from '../../src/consensus/snappy-block.ts'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { assertBetween, GOODBYE, GOSSIP_WEIGHT, HostileScene } from '../support/hostile-scene.ts'
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

/** Not even snappy, or snappy of something that is too short for a block. */
function invalidBlock(nth: number): string {
  const bytes = nth % 2 === 0 ? Buffer.alloc(4_096, 0xff) : compressBlock(randomBytes(40))
  return Buffer.concat([bytes, nth % 2 === 0 ? randomBytes(8) : Buffer.alloc(0)]).toString('hex')
}

test('each invalid block counts against who sent it, in both scores, up to the ban', { skip }, async () => {
  await using scene = await HostileScene.start()
  const hostile = await scene.startHostile()
  const publish = (nth: number): Promise<void> =>
    hostile.send(scene.relay.peerId, { publish: [{ topic: scene.topic, data: invalidBlock(nth) }] })

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
