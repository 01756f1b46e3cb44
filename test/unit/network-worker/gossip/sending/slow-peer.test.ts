import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OutboundStream } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { FailedSends, holdsMessagesUp } from '../../../../../src/network-worker/gossip/sending/slow-peer.ts'
import { addPeer, type FakePeer, names, OTHER_TOPIC, prunesTo, routerScene, TOPIC } from '../router/router-scene.ts'

const HEARTBEAT_MS = 1000

test('a peer holds its places while its messages wait for less than 5 s', () => {
  for (const [waitingMs, isSlow] of [
    [0, false],
    [4999.9, false],
    [5000, true],
    [Number.POSITIVE_INFINITY, true],
  ] as const) {
    assert.equal(holdsMessagesUp(waitingMs), isSlow, `${waitingMs} ms`)
  }
})

test('slow: more than ten blocks and sidecars that failed, or more than ten others, since last asked', () => {
  const failed = new FailedSends()
  const fail = (peerId: string, count: number, messageClass: 'block' | 'sidecar' | 'other' | 'attestation'): void => {
    for (let i = 0; i < count; i++) failed.count(peerId, messageClass)
  }
  fail('few of both', 10, 'sidecar')
  fail('few of both', 10, 'attestation')
  fail('blocks and sidecars', 5, 'block')
  fail('blocks and sidecars', 6, 'sidecar')
  fail('others', 1, 'other')
  fail('others', 10, 'attestation')
  assert.deepEqual(failed.slowPeers(), ['blocks and sidecars', 'others'])
  failed.takeAll()
  fail('few of both', 10, 'sidecar')
  assert.deepEqual(failed.slowPeers(), [])
})

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
  const send = (bytes = 100): void =>
    router.forwardMessage(`id-${sent++}`, { topic: TOPIC, data: new Uint8Array(bytes) }, 'source')
  /** From here on its stream throws. */
  const breakStream = (): void => {
    slow.rawStream.writeBufferLength = 0
    const stream = router.streamsOutbound.get('slow') ?? assert.fail('no stream')
    stream.pushPrefixed = () => {
      throw new Error('stream is closed')
    }
  }
  const scoreOf = (id: string): number => {
    router.score.scoreCache.delete(id)
    return router.score.score(id)
  }
  return { ...scene, slow, fast, send, breakStream, scoreOf }
}

test('put out of all meshes when its messages waited 5 s, at no cost; others get everything meanwhile', async () => {
  const { router, clock, changes, slow, fast, send, scoreOf } = scene()
  clock.advance(HEARTBEAT_MS)
  send()
  for (let second = 1; second <= 6; second++) {
    clock.advance(HEARTBEAT_MS)
    send()
    await router.heartbeat()
    assert.equal(changes.length, second < 5 ? 0 : 2)
  }
  assert.deepEqual(
    changes.map(({ action, peerId, topic, reason }) => [action, peerId, topic, reason]),
    [TOPIC, OTHER_TOPIC].map((topic) => ['prune_sent', 'slow', topic, 'slow_peer']),
  )
  assert.deepEqual(
    prunesTo(slow).map(({ topic }) => topic),
    [TOPIC, OTHER_TOPIC],
  )
  assert.deepEqual([scoreOf('slow'), scoreOf('fast')], [0, 0])
  assert.deepEqual([slow.frames.length, fast.frames.length], [0, 7])
})

test('a peer that takes its messages in time is not slow, however often it was full', async () => {
  const { router, clock, slow, send, changes, offences } = scene()
  for (let round = 0; round < 10; round++) {
    slow.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
    send()
    clock.advance(1500)
    slow.rawStream.writeBufferLength = 0
    await router.heartbeat()
  }
  assert.deepEqual([changes, offences], [[], []])
  assert.equal(slow.frames.length, 10)
})

test('copies that fail cost 10 each, of which a tenth is left after each decay', async () => {
  const { router, clock, slow, send, scoreOf } = scene()
  for (let count = 0; count < 3; count++) send()
  clock.advance(12_001)
  slow.rawStream.writeBufferLength = 0
  await router.heartbeat()
  assert.equal(slow.frames.length, 0, 'all stale')
  const scores = Array.from({ length: 5 }, () => {
    // Rounded: it also earns a little for its time in the mesh.
    const score = scoreOf('slow')
    router.score.refreshScores()
    return Number(score.toFixed(3))
  })
  assert.deepEqual(scores, [-30, -3, -0.3, 0, 0], '0.003 is below what counts')
  assert.ok(scoreOf('fast') >= 0)
})

test('a full outbox and a stream that throws cost 10 a copy too', () => {
  const full = scene()
  for (let count = 0; count < 12; count++) full.send(1_000_000)
  assert.equal(full.scoreOf('slow'), -40, '8 MiB of 12 MB wait')
  const broken = scene()
  broken.breakStream()
  for (let count = 0; count < 3; count++) broken.send()
  assert.equal(broken.scoreOf('slow'), -30)
})

test('what no longer fits into a stream that we close ourselves costs nothing', async () => {
  const { router, clock, slow, send, scoreOf, breakStream, offences } = scene()
  breakStream()
  for (const writeStatus of ['closing', 'closed'] as const) {
    slow.rawStream.writeStatus = writeStatus
    for (let count = 0; count < 20; count++) send()
    clock.advance(HEARTBEAT_MS)
    await router.heartbeat()
    assert.deepEqual([scoreOf('slow'), offences], [0, []], writeStatus)
  }
})

test('a disconnect keeps the penalty as it is; it decays after the return', () => {
  const { router, send, scoreOf, slow, breakStream } = scene()
  breakStream()
  for (let count = 0; count < 4; count++) send()
  router.removePeer(slow.peerId)
  router.score.refreshScores()
  assert.equal(scoreOf('slow'), -40, 'nothing decays while it is away')
  addPeer(router, 'slow')
  router.score.refreshScores()
  assert.equal(scoreOf('slow'), -4)
})

test('slowness alone never graylists: −10 000 at most', () => {
  const { send, scoreOf, breakStream } = scene()
  breakStream()
  for (let count = 0; count < 1100; count++) send()
  assert.equal(scoreOf('slow'), -10_000)
})

test('told of as slow once a second while more than ten copies fail', async () => {
  const { router, clock, send, offences, breakStream } = scene()
  breakStream()
  const beat = async (copies: number): Promise<void> => {
    for (let count = 0; count < copies; count++) send()
    clock.advance(HEARTBEAT_MS / 2)
    await router.heartbeat()
  }
  await beat(20)
  assert.equal(offences.length, 0, 'half a second')
  await beat(20)
  assert.deepEqual(offences, [['slow', { kind: 'slow' }]])
  await beat(0)
  await beat(10)
  assert.equal(offences.length, 1, 'ten are tolerated')
  await beat(11)
  await beat(0)
  assert.equal(offences.length, 2)
})

/** Ten peers in a mesh, of which the first ones are slow by what `make` does to them. */
function crowd(slowPeers: number, make: (stream: OutboundStream, peer: FakePeer) => void) {
  const { router, clock, offences, changes } = routerScene()
  const peers = names(10).map((id) => addPeer(router, id))
  router.join(TOPIC)
  assert.equal(router.mesh.get(TOPIC)?.size, 10)
  changes.length = 0
  for (const peer of peers.slice(0, slowPeers))
    make(router.streamsOutbound.get(peer.id) ?? assert.fail('no stream'), peer)
  const send = (copies: number): void => {
    for (let count = 0; count < copies; count++) {
      router.forwardMessage(`id-${clock.monotonicMs()}-${count}`, { topic: TOPIC, data: new Uint8Array(100) }, 'source')
    }
  }
  const scores = (): number[] =>
    peers.slice(0, slowPeers).map(({ id }) => {
      router.score.scoreCache.delete(id)
      return router.score.score(id)
    })
  return { router, clock, offences, changes, send, scores }
}

/** Slow peers of ten, and whether it is their own fault. */
const CROWDS = [
  [3, true],
  [5, true],
  [6, false],
  [10, false],
] as const

test('when most peers are slow at once the fault is ours: nobody is told of, and nobody pays for it', async () => {
  for (const [slowPeers, isTheirs] of CROWDS) {
    const { router, clock, offences, send, scores } = crowd(slowPeers, (stream) => {
      stream.pushPrefixed = () => {
        throw new Error('stream is broken')
      }
    })
    send(20)
    clock.advance(HEARTBEAT_MS)
    await router.heartbeat()
    assert.equal(offences.length, isTheirs ? slowPeers : 0, `${slowPeers} of 10`)
    for (const score of scores()) assert.ok(isTheirs ? score <= -200 : score >= 0, `${slowPeers} of 10: ${score}`)
  }
})

test('nor do most peers lose their places, for half a minute, when messages wait for all of them', async () => {
  for (const [slowPeers, isTheirs] of CROWDS) {
    const { router, clock, changes, send } = crowd(slowPeers, (_, { rawStream }) => {
      rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
    })
    send(1)
    for (let second = 0; second < 6; second++) {
      clock.advance(HEARTBEAT_MS)
      await router.heartbeat()
    }
    const cut = (): number => changes.filter(({ reason }) => reason === 'slow_peer').length
    assert.equal(cut(), isTheirs ? slowPeers : 0, `${slowPeers} of 10`)
    clock.advance(30_000)
    await router.heartbeat()
    assert.equal(cut(), slowPeers, 'but not for ever')
  }
})
