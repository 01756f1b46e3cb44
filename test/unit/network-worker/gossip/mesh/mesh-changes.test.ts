/** Every change of the mesh is told once, with who, where and why; and nothing else is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MeshChange } from '../../../../../src/network-worker/gossip/mesh/mesh-observer.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import {
  addPeer,
  deliver,
  graftRpc,
  graftsTo,
  names,
  OTHER_TOPIC,
  pruneRpc,
  prunesTo,
  punish,
  type RouterScene,
  routerScene,
  TOPIC,
} from '../router/router-scene.ts'

/** What was told since the last call, without the fields that tests of their own look at. */
function told({ changes }: RouterScene): unknown[] {
  return changes
    .splice(0)
    .map(({ action, peerId, reason }: MeshChange) => [action, peerId, ...(reason ? [reason] : [])])
}

function joined(level = 5): RouterScene {
  const scene = routerScene({ level })
  scene.router.join(TOPIC)
  return scene
}

test('a GRAFT we accept: received, accepted', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer')
  await scene.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  assert.deepEqual(scene.changes, [
    { action: 'graft_received', peerId: 'peer', topic: TOPIC },
    { action: 'graft_accepted', peerId: 'peer', topic: TOPIC },
  ])
  assert.deepEqual(prunesTo(peer), [])
})

test('a GRAFT of a peer in the mesh, or for a topic we are not in, tells nothing', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer')
  await scene.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  told(scene)
  await scene.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC, OTHER_TOPIC, '/unknown'))
  assert.deepEqual(told(scene), [])
})

test('a topic named twice in one RPC is one GRAFT', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer')
  await scene.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC, TOPIC))
  assert.deepEqual(told(scene), [
    ['graft_received', 'peer'],
    ['graft_accepted', 'peer'],
  ])
})

for (const [reason, prepare, backoff] of [
  ['negative_score', ({ router }: RouterScene) => punish(router, 'peer'), 60],
  ['explicit_peer', ({ router }: RouterScene) => void router.direct.add('peer'), 60],
  [
    'backoff',
    ({ router }: RouterScene) => void router.backoff.set(TOPIC, new Map([['peer', Date.now() + 30_000]])),
    60,
  ],
  [
    'mesh_high',
    ({ router, changes }: RouterScene) => {
      router.mesh.set(TOPIC, new Set(names(15)))
      changes.length = 0
    },
    10,
  ],
] as const) {
  test(`a GRAFT we refuse for ${reason}: received, rejected, and a PRUNE on the wire`, async () => {
    const scene = joined()
    const peer = addPeer(scene.router, 'peer')
    prepare(scene)
    const score = scene.router.score.score('peer')
    await scene.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
    assert.deepEqual(scene.changes, [
      { action: 'graft_received', peerId: 'peer', topic: TOPIC },
      { action: 'graft_rejected', peerId: 'peer', topic: TOPIC, reason, score },
    ])
    assert.equal(score < 0, reason === 'negative_score')
    assert.deepEqual(prunesTo(peer), [{ topic: TOPIC, backoff }])
    assert.equal(scene.router.mesh.get(TOPIC)?.has('peer'), false)
  })
}

test('a full mesh still takes a peer that we dialled', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer', { direction: 'outbound' })
  scene.router.mesh.set(TOPIC, new Set(names(15)))
  await scene.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  assert.deepEqual(told(scene), [
    ['graft_received', 'peer'],
    ['graft_accepted', 'peer'],
  ])
})

test('a PRUNE with a backoff: received with it, obeyed, and nothing sent', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer')
  scene.router.mesh.get(TOPIC)?.add('peer')
  await scene.router.handleReceivedRpc(peer.peerId, pruneRpc(17, TOPIC))
  assert.deepEqual(scene.changes, [
    { action: 'prune_received', peerId: 'peer', topic: TOPIC, backoffSecs: 17 },
    { action: 'prune_obeyed', peerId: 'peer', topic: TOPIC },
  ])
  assert.deepEqual([graftsTo(peer), prunesTo(peer)], [[], []])
})

test('a PRUNE without a backoff: received and obeyed, and no PRUNE of ours is told', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer')
  scene.router.mesh.get(TOPIC)?.add('peer')
  await scene.router.handleReceivedRpc(peer.peerId, pruneRpc(undefined, TOPIC))
  assert.deepEqual(scene.changes, [
    { action: 'prune_received', peerId: 'peer', topic: TOPIC },
    { action: 'prune_obeyed', peerId: 'peer', topic: TOPIC },
  ])
})

test('a PRUNE of a peer that was not in the mesh is received, not obeyed; of an unknown topic it is nothing', async () => {
  const scene = joined()
  const peer = addPeer(scene.router, 'peer')
  await scene.router.handleReceivedRpc(peer.peerId, pruneRpc(60, TOPIC, '/unknown'))
  assert.deepEqual(told(scene), [['prune_received', 'peer']])
})

test('GRAFT sent: by hand, on joining, when a peer subscribes, in a heartbeat', async () => {
  const scene = routerScene()
  const { router } = scene
  addPeer(router, 'first')
  router.join(TOPIC)
  assert.deepEqual(told(scene), [['graft_sent', 'first', 'join_topic']])

  const second = addPeer(router, 'second', { topics: [] })
  await router.handleReceivedRpc(second.peerId, { subscriptions: [{ topic: TOPIC, subscribe: true }], messages: [] })
  assert.deepEqual(told(scene), [['graft_sent', 'second', 'peer_subscribed']])

  const third = addPeer(router, 'third')
  await router.heartbeat()
  assert.deepEqual(told(scene), [['graft_sent', 'third', 'heartbeat']])

  const fourth = addPeer(router, 'fourth')
  router.graftByHand('fourth', TOPIC)
  assert.deepEqual(told(scene), [['graft_sent', 'fourth', 'manual']])
  for (const peer of [second, third, fourth]) assert.deepEqual(graftsTo(peer), [TOPIC])
})

test('GRAFT sent to better peers when the mesh is poor: a heartbeat’s too', async () => {
  const scene = joined()
  const { router } = scene
  for (const id of names(6)) {
    addPeer(router, id)
    router.mesh.get(TOPIC)?.add(id)
  }
  const good = addPeer(router, 'good')
  deliver(router, 'good', 5)
  router.opts.opportunisticGraftTicks = 1
  await router.heartbeat()
  assert.deepEqual(told(scene), [['graft_sent', 'good', 'heartbeat']])
  assert.deepEqual(graftsTo(good), [TOPIC])
})

test('PRUNE sent: by hand and for a reason of ours, with the backoff on the wire; twice is once', async () => {
  for (const reason of ['manual', 'explicit_peer', 'slow_peer'] as const) {
    const scene = joined()
    const peer = addPeer(scene.router, 'peer')
    scene.router.mesh.get(TOPIC)?.add('peer')
    assert.equal(await scene.router.cutLink('peer', TOPIC, reason), true)
    assert.deepEqual(scene.changes, [{ action: 'prune_sent', peerId: 'peer', topic: TOPIC, reason, backoffSecs: 60 }])
    assert.deepEqual(prunesTo(peer), [{ topic: TOPIC, backoff: 60 }])
    assert.equal(await scene.router.cutLink('peer', TOPIC, reason), false)
    assert.equal(await scene.router.cutLink('peer', '/unknown', reason), false)
    assert.equal(scene.changes.length, 1)
  }
})

test('PRUNE sent: everyone when we leave a topic, with the backoff of leaving', async () => {
  const scene = joined()
  const peers = names(2).map((id) => addPeer(scene.router, id))
  for (const { id } of peers) scene.router.mesh.get(TOPIC)?.add(id)
  scene.router.leave(TOPIC)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    scene.changes,
    names(2).map((peerId) => ({
      action: 'prune_sent',
      peerId,
      topic: TOPIC,
      reason: 'leave_topic',
      backoffSecs: 10,
    })),
  )
  for (const peer of peers) assert.deepEqual(prunesTo(peer), [{ topic: TOPIC, backoff: 10 }])
})

test('PRUNE sent: a heartbeat drops who fell below zero, and what is above mesh_n_high', async () => {
  const scene = joined()
  const { router } = scene
  const peers = names(17).map((id) => addPeer(router, id))
  for (const { id } of peers) router.mesh.get(TOPIC)?.add(id)
  punish(router, 'peer-000')
  const score = router.score.score('peer-000')
  await router.heartbeat()
  const [first, ...others] = scene.changes
  assert.deepEqual(first, {
    action: 'prune_sent',
    peerId: 'peer-000',
    topic: TOPIC,
    reason: 'negative_score',
    score,
    backoffSecs: 60,
  })
  assert.equal(others.length, 6, 'from sixteen to mesh_n')
  assert.ok(others.every(({ action, reason }) => action === 'prune_sent' && reason === 'mesh_high'))
  const sent = peers.filter((peer) => prunesTo(peer).length > 0).map(({ id }) => id)
  assert.deepEqual(sent.sort(), scene.changes.map(({ peerId }) => peerId).sort())
  assert.ok(peers.flatMap(prunesTo).every(({ backoff }) => backoff === 60))
})

test('PRUNE sent for a lower load tells the backoff that is on the wire', async () => {
  const scene = joined()
  const { router } = scene
  const peers = names(6).map((id) => addPeer(router, id))
  for (const { id } of peers) router.mesh.get(TOPIC)?.add(id)
  router.setLoad(meshParameters(1))
  await router.heartbeat()
  assert.deepEqual(
    scene.changes.map(({ reason, backoffSecs }) => [reason, backoffSecs]),
    [
      ['mesh_high', 2],
      ['mesh_high', 2],
      ['mesh_high', 2],
    ],
  )
  assert.deepEqual(
    peers.flatMap(prunesTo).map(({ backoff }) => backoff),
    [2, 2, 2],
  )
})

test('a peer that goes takes its links with it, told per topic', () => {
  const scene = joined()
  const { router } = scene
  router.join(OTHER_TOPIC)
  const peer = addPeer(router, 'peer')
  router.mesh.get(TOPIC)?.add('peer')
  router.mesh.get(OTHER_TOPIC)?.add('peer')
  router.removePeer(peer.peerId)
  assert.deepEqual(scene.changes, [
    { action: 'link_lost', peerId: 'peer', topic: TOPIC, reason: 'disconnected' },
    { action: 'link_lost', peerId: 'peer', topic: OTHER_TOPIC, reason: 'disconnected' },
  ])
  router.removePeer(peer.peerId)
  assert.equal(scene.changes.length, 2)
})
