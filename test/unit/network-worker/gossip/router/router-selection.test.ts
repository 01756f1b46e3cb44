/** The relay's router picks its mesh peers by hybrid selection wherever it adds some. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import {
  addPeer,
  deliver,
  graftsTo,
  names,
  punish,
  type RouterScene,
  routerScene,
  seededRandom,
  TOPIC,
} from './router-scene.ts'

const PEERS = names(30)
/** Peers with first deliveries, the best first. */
const BEST = PEERS.slice(-12).reverse()
const DRAWS = 300

/** A scene with thirty takers of the topic, the last twelve of them with scores that rise. */
function scoredScene(seed: number, direction: 'inbound' | 'outbound' = 'inbound'): RouterScene {
  const scene = routerScene({ random: seededRandom(seed) })
  for (const id of PEERS) addPeer(scene.router, id, { direction })
  for (const [index, id] of BEST.entries()) deliver(scene.router, id, BEST.length - index)
  return scene
}

/** Draws with `step`; the best `sure` are always taken, and of all others each in its share, by four sigma. */
function assertHybrid(need: number, sure: number, draw: (seed: number) => Iterable<string>): void {
  const counts = new Map(PEERS.map((id) => [id, 0]))
  for (let seed = 0; seed < DRAWS; seed++) {
    const picks = [...draw(seed)]
    assert.equal(picks.length, need)
    for (const id of picks) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  for (const id of BEST.slice(0, sure)) assert.equal(counts.get(id), DRAWS, `${id} is among the best`)
  const others = PEERS.filter((id) => !BEST.slice(0, sure).includes(id))
  const share = (need - sure) / others.length
  const tolerance = 4 * Math.sqrt(DRAWS * share * (1 - share))
  for (const id of others) {
    const count = counts.get(id) ?? 0
    assert.ok(Math.abs(count - DRAWS * share) <= tolerance, `${id}: ${count}, expected ${DRAWS * share}`)
  }
}

test('join: seven of ten by score, three at random, each with a GRAFT', () => {
  assertHybrid(10, 7, (seed) => {
    const { router, changes } = scoredScene(seed)
    router.join(TOPIC)
    const mesh = router.mesh.get(TOPIC) ?? new Set()
    assert.deepEqual(
      changes.map(({ action, reason, peerId }) => [action, reason, peerId]),
      [...mesh].map((peerId) => ['graft_sent', 'join_topic', peerId]),
    )
    return mesh
  })
})

test('heartbeat: a mesh below mesh_n_low is filled to mesh_n the same way', () => {
  assertHybrid(10, 7, (seed) => {
    const { router } = scoredScene(seed)
    router.mesh.set(TOPIC, new Set())
    void router.heartbeat()
    return router.mesh.get(TOPIC) ?? []
  })
})

test('heartbeat: peers we dialled fill the outbound quota the same way', () => {
  const { outboundMin } = meshParameters(5)
  assert.equal(outboundMin, 3)
  assertHybrid(outboundMin, 3, (seed) => {
    const { router } = scoredScene(seed, 'outbound')
    const inbound = names(6, 'inbound')
    for (const id of inbound) addPeer(router, id)
    router.mesh.set(TOPIC, new Set(inbound))
    void router.heartbeat()
    return [...(router.mesh.get(TOPIC) ?? [])].filter((id) => !inbound.includes(id))
  })
})

test('heartbeat: a fill from low that finds too few dialled peers takes the missing ones of them by score as well', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { router, changes } = routerScene({ random: seededRandom(seed) })
    for (const id of PEERS) addPeer(router, id)
    for (const id of BEST) deliver(router, id, 10)
    const dialled = names(9, 'dialled')
    for (const id of dialled) addPeer(router, id, { direction: 'outbound' })
    for (const [index, id] of dialled.entries()) deliver(router, id, 1 + (index % 3))
    router.mesh.set(TOPIC, new Set())
    void router.heartbeat()
    const links = [...(router.mesh.get(TOPIC) ?? [])]
    const outbound = links.filter((id) => router.outbound.get(id) === true)
    assert.ok(outbound.length >= 3, `${outbound.length} dialled`)
    const late = changes.slice(10).map(({ peerId }) => peerId)
    const scores = late.map((id) => router.score.score(id))
    const best = Math.max(
      ...dialled.filter((id) => !links.includes(id) || late.includes(id)).map((id) => router.score.score(id)),
    )
    if (late.length > 0) assert.equal(scores[0], best, 'the best dialled peer left comes first')
  }
})

test('a mesh that is large enough is left alone, and a full heartbeat sends no more than the fill did', async () => {
  const { router, changes } = scoredScene(3)
  router.mesh.set(TOPIC, new Set(PEERS.slice(0, 5)))
  await router.heartbeat()
  assert.deepEqual(changes, [])
  assert.equal(router.mesh.get(TOPIC)?.size, 5)
})

test('never picked: explicit, backed off, with a negative score, without a stream, already in the mesh', async () => {
  const { router } = routerScene({ random: seededRandom(5) })
  const peers = names(9).map((id) => addPeer(router, id))
  const [explicit, backedOff, bad, deaf, member, ...others] = peers.map(({ id }) => id)
  assert.ok(explicit !== undefined && backedOff !== undefined && bad !== undefined && deaf !== undefined)
  router.direct.add(explicit)
  router.backoff.set(TOPIC, new Map([[backedOff, Date.now() + 30_000]]))
  punish(router, bad)
  router.streamsOutbound.delete(deaf)
  router.mesh.set(TOPIC, new Set([member ?? '']))
  await router.heartbeat()
  assert.deepEqual([...(router.mesh.get(TOPIC) ?? [])].sort(), [member, ...others].sort())
  assert.deepEqual(
    peers.filter((peer) => graftsTo(peer).length > 0).map(({ id }) => id),
    others,
  )
})

test('a backoff ends one heartbeat after it is over, so that the peer has ended its own when our GRAFT arrives', async () => {
  const { router, clock } = routerScene()
  addPeer(router, 'peer')
  router.mesh.set(TOPIC, new Set())
  router.backoff.set(TOPIC, new Map([['peer', clock.nowMs() + 2000]]))
  const inMesh = async (): Promise<boolean | undefined> => {
    await router.heartbeat()
    return router.mesh.get(TOPIC)?.has('peer')
  }
  clock.advance(2000)
  assert.equal(await inMesh(), false)
  clock.advance(699)
  assert.equal(await inMesh(), false)
  clock.advance(1)
  assert.equal(await inMesh(), true)
})
