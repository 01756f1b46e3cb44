import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { GOODBYE, HostileScene } from '../support/hostile-scene.ts'
import { statusRequest } from '../support/wire-requests.ts'
import { skip } from './setup.ts'

const OTHER_DIGEST = 'deadbeef'

async function isBannedAsStranger(scene: HostileScene, hostile: GoWirePeer): Promise<void> {
  await scene.sentAway(hostile, GOODBYE.irrelevantNetwork)
  const { peer_score } = await scene.view(hostile)
  assert.equal(peer_score, -100)
  await scene.staysOut(hostile)
}

test('a peer that tells of another network is told so and banned', { skip }, async (t) => {
  await using scene = await HostileScene.start()
  await t.test('in its answer', async () => {
    const hostile = await scene.startHostile({ forkDigest: OTHER_DIGEST })
    await isBannedAsStranger(scene, hostile)
  })
  await t.test('in its own request, after a right answer', async () => {
    const hostile = await scene.startMeshed()
    const { state, peer_score } = await scene.view(hostile)
    assert.deepEqual({ state, peer_score }, { state: 'connected', peer_score: 0 })
    await hostile.request(scene.relay.peerId, statusRequest(OTHER_DIGEST))
    await isBannedAsStranger(scene, hostile)
  })
  await scene.good.lostNothing()
})
