import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STREAM_WATERMARK_BYTES } from '../../../../src/network-worker/gossip/peer-outbox.ts'
import { slowness } from '../../../../src/network-worker/gossip/slow-peer.ts'
import { addPeer, OTHER_TOPIC, prunesTo, type RouterScene, routerScene, TOPIC } from './router-scene.ts'

test('2 s are a hiccup, up to 5 s cost the peer, beyond it leaves the mesh', () => {
  const limits: [number, string][] = [
    [0, 'keeps_up'],
    [1999.9, 'keeps_up'],
    [2000, 'penalise'],
    [4999.9, 'penalise'],
    [5000, 'prune'],
    [Number.POSITIVE_INFINITY, 'prune'],
  ]
  for (const [waitingMs, verdict] of limits) assert.equal(slowness(waitingMs), verdict, `${waitingMs} ms`)
})

function penaltyOf({ router }: RouterScene, id: string): number {
  return (router.score.peerStats.get(id) as unknown as { behaviourPenalty: number }).behaviourPenalty
}

/** Two peers in two meshes; messages wait for the one called slow. */
function scene() {
  const scene = routerScene()
  const { router } = scene
  const [slow, fast] = ['slow', 'fast'].map((id) => addPeer(router, id, { topics: [TOPIC, OTHER_TOPIC] }))
  assert.ok(slow !== undefined && fast !== undefined)
  router.join(TOPIC)
  router.join(OTHER_TOPIC)
  scene.changes.length = 0
  slow.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
  let sent = 0
  const send = (): void => router.forwardMessage(`id-${sent++}`, { topic: TOPIC, data: new Uint8Array(100) }, 'source')
  return { ...scene, scene, slow, fast, send }
}

test('penalised once a second from 2 s on, put out of all meshes at 5 s; others get everything meanwhile', async () => {
  const { scene: all, router, clock, changes, slow, fast, send } = scene()
  clock.advance(1000)
  send()
  const penalties: number[] = []
  for (let second = 1; second <= 6; second++) {
    clock.advance(1000)
    send()
    await router.heartbeat()
    await router.heartbeat()
    penalties.push(penaltyOf(all, 'slow'))
  }
  assert.deepEqual(penalties, [0, 1, 2, 3, 4, 5])
  assert.deepEqual(
    changes.map(({ action, peerId, topic, reason }) => [action, peerId, topic, reason]),
    [TOPIC, OTHER_TOPIC].map((topic) => ['prune_sent', 'slow', topic, 'slow_peer']),
  )
  assert.deepEqual(
    prunesTo(slow).map(({ topic }) => topic),
    [TOPIC, OTHER_TOPIC],
  )
  assert.equal(penaltyOf(all, 'fast'), 0)
  assert.deepEqual([slow.frames.length, fast.frames.length], [0, 7])
})

test('a peer that takes its messages in time is not slow, however often it was full', async () => {
  const { scene: all, router, clock, slow, send } = scene()
  for (let round = 0; round < 10; round++) {
    slow.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
    send()
    clock.advance(1500)
    slow.rawStream.writeBufferLength = 0
    await router.heartbeat()
  }
  assert.equal(penaltyOf(all, 'slow'), 0)
  assert.equal(slow.frames.length, 10)
})

test('a peer that left is not remembered as slow', async () => {
  const { router, clock, slow, send } = scene()
  send()
  clock.advance(3000)
  router.removePeer(slow.peerId)
  const back = addPeer(router, 'slow')
  await router.heartbeat()
  assert.equal((router.score.peerStats.get('slow') as unknown as { behaviourPenalty: number }).behaviourPenalty, 0)
  assert.equal(back.frames.length, 0)
})
