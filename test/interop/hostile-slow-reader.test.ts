import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { assertBetween, HostileScene } from '../support/hostile-scene.ts'
import { meshOf } from '../support/two-nodes.ts'
import { until } from '../support/until.ts'
import { skip } from './setup.ts'

/** 120 kB on the wire, some forty a second: what waits for one peer is full within seconds. */
const BLOCKS = { blockBytes: 240_000, blockPeriodMs: 20 } as const
const FULL_MS = 15_000
/** Two pings unanswered in 5 s each, the first of them 5 s after the connection. */
const UNANSWERED_MS = 25_000

/** Blocks fail to reach the peer: the slow-peer term of its gossip score falls, and it leaves the mesh. */
async function fallsBehind(scene: HostileScene, hostile: GoWirePeer): Promise<void> {
  await until(
    'blocks that failed to reach the hostile peer',
    async () => {
      const { gossipsub_score } = await scene.view(hostile)
      return gossipsub_score < 0
    },
    FULL_MS,
  )
  await until('the hostile peer out of the mesh', async () => {
    const members = await meshOf(scene.relay, scene.topic)
    return !members.includes(hostile.peerId)
  })
}

test('a peer that takes nothing we send loses its place, then its connection', { skip }, async (t) => {
  await using scene = await HostileScene.start(BLOCKS)
  await t.test('one that does not read its gossip', async () => {
    const hostile = await scene.startMeshed()
    await hostile.stall()
    await fallsBehind(scene, hostile)
    const { state, peer_score } = await scene.view(hostile)
    assert.equal(state, 'connected')
    assertBetween(peer_score, -5, -0.9)
  })
  await t.test('one that reads nothing at all', async () => {
    const hostile = await scene.startMeshed()
    process.kill(hostile.pid, 'SIGSTOP')
    try {
      await fallsBehind(scene, hostile)
      await until(
        'the hostile peer to be disconnected',
        async () => (await scene.view(hostile)).state === 'disconnected',
        UNANSWERED_MS,
      )
    } finally {
      process.kill(hostile.pid, 'SIGCONT')
    }
    const { score } = await scene.view(hostile)
    assertBetween(score, -50, -20)
    assert.equal(await scene.isBanned(hostile), false)
    await hostile.waitForDisconnect()
  })
  await scene.good.lostNothing()
})
