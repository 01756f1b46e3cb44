/** A running mesh under every network load: sizes, windows, and the backoff of what a lower load cuts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { type MeshParameters, meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import type { GossipsubInternals } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import {
  addPeer,
  controlRpc,
  type FakePeer,
  graftRpc,
  graftsTo,
  names,
  plainRules,
  pruneRpc,
  prunesTo,
  routerScene,
  seededRandom,
  TOPIC,
  upstreamRouter,
} from '../router/router-scene.ts'

const LEVELS = [...Array.from({ length: 21 }, (_, index) => index + 1), 40]

function size(router: GossipsubInternals): number {
  return router.mesh.get(TOPIC)?.size ?? 0
}

test('each level in turn, up and down again: the next heartbeat brings the mesh into its bounds, and fills it', async () => {
  const { router, clock } = routerScene({ level: 1, random: seededRandom(1) })
  for (const id of names(70)) addPeer(router, id)
  router.join(TOPIC)
  for (const level of [...LEVELS, ...LEVELS.toReversed()]) {
    // Past the time in which a lower load's cuts are backed off.
    clock.advance(15_000)
    router.backoff.clear()
    const { meshN, meshLow, meshHigh } = meshParameters(level)
    const before = size(router)
    router.setLoad(meshParameters(level))
    await router.heartbeat()
    const now = size(router)
    assert.ok(now >= meshLow && now <= meshHigh, `level ${level}: ${now} of ${meshLow}–${meshHigh}`)
    assert.equal(now, before <= meshHigh ? Math.max(before, meshN) : meshN, `level ${level}`)
  }
})

test('a GRAFT is taken below mesh_n_high of the level in force, and refused at it', async () => {
  const { router } = routerScene({ level: 5 })
  router.join(TOPIC)
  router.setLoad(meshParameters(1))
  const peers = names(5).map((id) => addPeer(router, id))
  for (const peer of peers) await router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  assert.deepEqual([...(router.mesh.get(TOPIC) ?? [])], names(4))
  assert.deepEqual(
    peers.map(prunesTo).map((prunes) => prunes.length),
    [0, 0, 0, 0, 1],
  )
})

/** Peers a router pruned, with the backoff on the wire. */
function pruned(peers: readonly FakePeer[]): { peer: FakePeer; backoff: number | undefined }[] {
  return peers.flatMap((peer) => prunesTo(peer).map(({ backoff }) => ({ peer, backoff })))
}

test('a lower load cuts with a backoff of 2 s, and a higher one takes the same peers back unpunished', async () => {
  const { router, clock } = routerScene({ level: 5, random: seededRandom(2) })
  const peers = names(12).map((id) => addPeer(router, id))
  router.join(TOPIC)
  for (const peer of peers) await router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  assert.equal(size(router), 12)
  router.setLoad(meshParameters(1))
  await router.heartbeat()
  assert.equal(size(router), 3)
  const cut = pruned(peers)
  assert.deepEqual(
    cut.map(({ backoff }) => backoff),
    Array.from({ length: 9 }, () => 2),
  )
  router.setLoad(meshParameters(20))
  clock.advance(1900)
  await router.heartbeat()
  assert.equal(size(router), 3, 'still in backoff')
  clock.advance(300)
  await router.heartbeat()
  assert.equal(size(router), 12)

  // The other side is a stock router that was told the same: it takes the GRAFT 2.2 s later without a penalty.
  const [{ peer } = assert.fail()] = cut
  assert.equal(graftsTo(peer).at(-1), TOPIC)
  const remote = upstreamRouter()
  const us = addPeer(remote, 'us')
  remote.mesh.set(TOPIC, new Set(['us']))
  const beforeMs = Date.now()
  await remote.handleReceivedRpc(us.peerId, pruneRpc(2, TOPIC))
  const backoffEndsMs = remote.backoff.get(TOPIC)?.get('us') ?? 0
  assert.ok(backoffEndsMs >= beforeMs + 2000 && backoffEndsMs <= Date.now() + 2000)
  remote.backoff.get(TOPIC)?.set('us', backoffEndsMs - 2200)
  await remote.handleReceivedRpc(us.peerId, graftRpc(TOPIC))
  const stats = remote.score.peerStats.get('us') as unknown as { behaviourPenalty: number }
  assert.equal(stats.behaviourPenalty, 0)
  assert.equal(remote.mesh.get(TOPIC)?.has('us'), true)
})

test('who asks for a place in a mesh that was just made smaller is refused for 2 s, and later for 10 s', async () => {
  const { router, clock } = routerScene({ level: 5 })
  router.join(TOPIC)
  const peers = names(4).map((id) => addPeer(router, id))
  for (const peer of peers) await router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  router.setLoad(meshParameters(1))
  const early = addPeer(router, 'early')
  await router.handleReceivedRpc(early.peerId, graftRpc(TOPIC))
  assert.deepEqual(prunesTo(early), [{ topic: TOPIC, backoff: 2 }])
  clock.advance(10_000)
  const late = addPeer(router, 'late')
  await router.handleReceivedRpc(late.peerId, graftRpc(TOPIC))
  assert.deepEqual(prunesTo(late), [{ topic: TOPIC, backoff: 10 }])
})

test('while a lower load settles, a PRUNE of theirs without backoff and a cut by hand keep the normal 60 s', async () => {
  const { router } = routerScene({ level: 5 })
  const peers = names(2).map((id) => addPeer(router, id))
  const [left, cut] = peers
  assert.ok(left !== undefined && cut !== undefined)
  router.join(TOPIC)
  router.setLoad(meshParameters(1))
  await router.handleReceivedRpc(left.peerId, pruneRpc(undefined, TOPIC))
  const untilMs = router.backoff.get(TOPIC)?.get(left.id) ?? 0
  assert.ok(untilMs - Date.now() > 59_000, `${untilMs - Date.now()} ms`)
  await router.cutLink(cut.id, TOPIC, 'manual')
  assert.deepEqual(prunesTo(cut), [{ topic: TOPIC, backoff: 60 }])
  router.mesh.get(TOPIC)?.add(left.id)
  await router.cutLink(left.id, TOPIC, 'manual')
  assert.deepEqual(prunesTo(left), [{ topic: TOPIC, backoff: 60 }])
})

/** An id of the scene's `msgIdFn`: the first twenty bytes. */
function message(seed: number): RPC.Message {
  return { topic: TOPIC, data: new Uint8Array(40).fill(seed) }
}

/** Asks by IWANT for a message; true when it is sent. */
async function isAnswered(router: GossipsubInternals, peer: FakePeer, seed: number): Promise<boolean> {
  const before = peer.control.length
  const messageIDs = [new Uint8Array(20).fill(seed)]
  await router.handleReceivedRpc(peer.peerId, controlRpc({ iwant: [{ messageIDs }] }))
  return peer.control.slice(before).some(({ messages }) => messages.some(({ data }) => data?.[0] === seed))
}

/** One heartbeat of the level in force, with the time it stands for. */
function windows(router: GossipsubInternals): number {
  return router.mcache.history.length
}

for (const [from, to] of [
  [5, 1],
  [1, 20],
  [20, 5],
  [10, 11],
] as const) {
  test(`level ${from} to ${to}: what was received keeps its age, so that IWANT is answered for 8.4 s in all`, async () => {
    const { router } = routerScene({ level: from })
    const source = addPeer(router, 'source')
    router.allow(TOPIC, plainRules())
    router.join(TOPIC)
    const beatMs = (): number => router.opts.heartbeatInterval
    let sinceMs = 0
    await router.handleReceivedMessage(source.peerId, message(1))
    while (sinceMs + beatMs() <= 4000) {
      await router.heartbeat()
      sinceMs += beatMs()
    }
    await router.handleReceivedMessage(source.peerId, message(2))
    router.setLoad(meshParameters(to))
    assert.deepEqual(
      [windows(router), router.mcache.gossip, router.opts.mcacheLength],
      [meshParameters(to).historyLength, meshParameters(to).historyGossip, meshParameters(to).historyLength],
    )
    // A peer each time: one may ask for a message three times.
    for (let beat = 0; sinceMs + beatMs() <= 8400 - beatMs(); beat++) {
      await router.heartbeat()
      sinceMs += beatMs()
      const asker = addPeer(router, `asker-${beat}`)
      assert.ok(await isAnswered(router, asker, 1), `forgotten after ${sinceMs} ms`)
    }
    assert.ok(await isAnswered(router, addPeer(router, 'last'), 2))
    for (let beat = 0; beat < windows(router) + 2; beat++) await router.heartbeat()
    assert.equal(router.mcache.msgs.size, 0, 'and forgotten in the end')
  })
}

test('a heartbeat of its own keeps the level’s sizes; options, score cache and ticks follow it', () => {
  const { router, clock } = routerScene({ level: 5 })
  const set = (mesh: MeshParameters): unknown => {
    router.setLoad(mesh)
    const { D, Dlo, Dhi, Dscore, Dout, heartbeatInterval, opportunisticGraftTicks } = router.opts
    const validityMs = router.score.scoreCacheValidityMs
    return [D, Dlo, Dhi, Dscore, Dout, heartbeatInterval, validityMs, opportunisticGraftTicks]
  }
  assert.deepEqual(set(meshParameters(5, 80)), [10, 5, 15, 7, 3, 80, 80, 750])
  assert.equal(router.mcache.history.length, 105)
  assert.deepEqual(set(meshParameters(5, 5000)), [10, 5, 15, 7, 3, 5000, 5000, 12])
  assert.equal(router.mcache.history.length, 2)
  assert.deepEqual(set(meshParameters(5)), [10, 5, 15, 7, 3, 700, 700, 86])
  assert.equal(clock.pending, 0)
})

test('a router that is not started takes a level without starting to beat', () => {
  const { router } = routerScene()
  router.setLoad(meshParameters(9))
  assert.equal(router.status.heartbeatTimeout, undefined)
})
