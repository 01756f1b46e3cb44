import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { assertBetween, GOODBYE, HostileScene } from '../support/hostile-scene.ts'
import { meshOf } from '../support/two-nodes.ts'
import { until } from '../support/until.ts'
import { skip } from './setup.ts'

/** A GRAFT this early in a backoff counts twice in P7, which is some -15.9 (count - 6)², weighed by 19/16000. */
const BACKOFF_SECS = 60
const TO_DISCONNECT = 23
const TO_BAN = 45

/** Leaves the mesh, so that a backoff runs, and asks for its place again and again. */
async function floodGrafts({ relay, topic }: HostileScene, hostile: GoWirePeer, grafts: number): Promise<void> {
  await hostile.send(relay.peerId, { prune: [{ topic, backoffSecs: BACKOFF_SECS }] })
  await until('the hostile peer out of the mesh', async () => {
    const members = await meshOf(relay, topic)
    return !members.includes(hostile.peerId)
  })
  await hostile.send(relay.peerId, { graft: Array<string>(grafts).fill(topic) })
}

test('GRAFTs in a backoff are misbehaviour that the gossip score sends a peer away for', { skip }, async (t) => {
  await using scene = await HostileScene.start()
  await t.test('a flood that costs the connection', async () => {
    const hostile = await scene.startMeshed()
    await floodGrafts(scene, hostile, TO_DISCONNECT)
    await scene.sentAway(hostile, GOODBYE.badScore)
    const { peer_score, score, gossipsub_score_weighted } = await scene.view(hostile)
    assert.equal(peer_score, 0, 'no peer action is due to GRAFTs')
    assert.equal(score, gossipsub_score_weighted)
    assertBetween(score, -50, -20)
    await scene.returns(hostile)
  })
  await t.test('a flood that costs the right to come back', async () => {
    const hostile = await scene.startMeshed()
    await floodGrafts(scene, hostile, TO_BAN)
    await scene.sentAway(hostile, GOODBYE.badScore)
    const { peer_score, score } = await scene.view(hostile)
    assert.equal(peer_score, 0)
    assertBetween(score, -200, -50)
    await scene.staysOut(hostile)
  })
  await scene.good.lostNothing()
})
