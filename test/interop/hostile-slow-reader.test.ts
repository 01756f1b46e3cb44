import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { assertBetween, HostileScene } from '../support/hostile-scene.ts'
import { meshOf } from '../support/two-nodes.ts'
import { until } from '../support/until.ts'
import { skip } from './setup.ts'

/**
 * 120 kB on the wire, some forty a second: what waits for one peer is full within seconds. No chain has as many, so that
 * none of them is looked at.
 */
const BLOCKS = { blockBytes: 240_000, blockPeriodMs: 20, validation: 'none' } as const
const FULL_MS = 30_000
/** A Status and then a ping, each given up after 10 s, both Low; and what a busy machine adds. */
const UNANSWERED_MS = 60_000
const LOW = -10
const HIGH = -1
/** What each failure costs in the slow-peer term; what the peer earned before it stalled is next to nothing. */
const FAILURE = -10
/** What decays while a test runs. */
const DECAYED = 0.97

/**
 * Blocks fail to reach the peer: the slow-peer term of its gossip score falls, and the next heartbeat takes it out of the
 * mesh. How many failed by then, and whether they make a report, is for the heartbeat's time to say.
 */
async function fallsBehind(scene: HostileScene, hostile: GoWirePeer): Promise<void> {
  let worst = 0
  const isBehind = async (): Promise<boolean> => {
    const { gossipsub_score } = await scene.view(hostile)
    worst = Math.min(worst, gossipsub_score)
    return worst <= FAILURE * DECAYED
  }
  await until('the hostile peer to be held to be slow', isBehind, FULL_MS)
  await until('the hostile peer out of the mesh', async () => {
    const members = await meshOf(scene.relay, scene.topic)
    return !members.includes(hostile.peerId)
  })
}

async function readsNoGossip(scene: HostileScene): Promise<void> {
  const hostile = await scene.startMeshed()
  await hostile.stall()
  await fallsBehind(scene, hostile)
  const { state, peer_score } = await scene.view(hostile)
  assert.equal(state, 'connected')
  assertBetween(peer_score, 5 * HIGH, 0)
}

async function readsNothing(scene: HostileScene): Promise<void> {
  const hostile = await scene.startMeshed()
  process.kill(hostile.pid, 'SIGSTOP')
  try {
    await fallsBehind(scene, hostile)
    await until('its end', async () => (await scene.view(hostile)).state === 'disconnected', UNANSWERED_MS)
  } finally {
    process.kill(hostile.pid, 'SIGCONT')
  }
  const { score } = await scene.view(hostile)
  assertBetween(score, -50, 2 * LOW * DECAYED)
  assert.equal(await scene.isBanned(hostile), false)
  await hostile.waitForDisconnect()
}

test('a peer that takes nothing we send loses its place, then its connection', {
  skip,
  concurrency: true,
}, async (t) => {
  await using scene = await HostileScene.start(BLOCKS)
  await Promise.all([
    t.test('one that does not read its gossip', () => readsNoGossip(scene)),
    t.test('one that reads nothing at all', () => readsNothing(scene)),
  ])
  await scene.good.lostNothing()
})
