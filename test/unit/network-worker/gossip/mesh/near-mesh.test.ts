/** The relay's router prefers near peers: as it fills a mesh, and by swapping far ones of a mesh that is full. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TURN_MESSAGES } from '../../../../../src/network-worker/gossip/mesh/mesh-turns.ts'
import { ANSWERED_AFTER_MS, SWAP_PERIOD_MS } from '../../../../../src/network-worker/gossip/mesh/near-swaps.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import { SHORT_FOR_MS } from '../../../../../src/network-worker/gossip/mesh/short-meshes.ts'
import type { MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import { SETTLED_AFTER_MS } from '../../../../../src/network-worker/gossip/sending/copy-ledger.ts'
import {
  addPeer,
  deliver,
  graftsTo,
  names,
  plainRules,
  prunesTo,
  routerScene,
  seededRandom,
  TOPIC,
} from '../router/router-scene.ts'

/** Thirty takers of the topic, each 10 ms farther than the one before. */
const PEERS = names(30)
const rttMs = (peerId: string): number | undefined => {
  const place = PEERS.indexOf(peerId)
  return place < 0 ? undefined : 10 * (place + 1)
}

function scene(messageClass: MessageClass = 'block', seed = 1) {
  const receivers = { isOwn: () => false, rttMs }
  const all = routerScene({ level: 5, random: seededRandom(seed), receivers })
  all.router.allow(TOPIC, plainRules({ messageClass }))
  const peers = PEERS.map((id) => addPeer(all.router, id, { direction: 'outbound' }))
  const beat = async (afterMs = 0): Promise<readonly string[]> => {
    all.clock.advance(afterMs)
    await all.router.heartbeat()
    return [...(all.router.mesh.get(TOPIC) ?? [])]
  }
  return { ...all, peers, beat }
}

test('of equal scores the nearest are the seven of ten; a better score comes before', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { router } = scene('block', seed)
    const far = PEERS.at(-1) ?? ''
    deliver(router, far, 3)
    router.join(TOPIC)
    assert.deepEqual([...(router.mesh.get(TOPIC) ?? [])].slice(0, 7), [far, ...PEERS.slice(0, 6)])
  }
})

test('a mesh between mesh_n_low and mesh_n is filled once it has been so for a while', async () => {
  const { router, beat } = scene('attestation')
  router.mesh.set(TOPIC, new Set(PEERS.slice(20, 26)))
  assert.equal((await beat()).length, 6)
  assert.equal((await beat(SHORT_FOR_MS - 1)).length, 6)
  const filled = await beat(1)
  assert.equal(filled.length, 10)
  for (const id of PEERS.slice(0, 3)) assert.ok(filled.includes(id), `${id} is near`)
})

test('a raised load fills the meshes at the next heartbeat', async () => {
  const { router, beat } = scene('attestation')
  router.mesh.set(TOPIC, new Set(PEERS.slice(0, 10)))
  await beat()
  router.setLoad(meshParameters(8))
  assert.equal((await beat(1)).length, 16)
})

test('in a mesh of blocks near peers come for far ones until seven of ten are near; each with its GRAFT and PRUNE', async () => {
  const { router, beat, changes, peers } = scene()
  router.mesh.set(TOPIC, new Set(PEERS.slice(10, 20)))
  let mesh = await beat()
  assert.equal(mesh.length, 11)
  mesh = await beat(ANSWERED_AFTER_MS)
  assert.deepEqual(
    changes.map(({ action, peerId, reason }) => [action, peerId, reason]),
    [
      ['graft_sent', PEERS[0], 'nearer_peer'],
      ['prune_sent', PEERS[16], 'nearer_peer'],
    ],
  )
  assert.deepEqual(graftsTo(peers[0] ?? assert.fail()), [TOPIC])
  assert.deepEqual(prunesTo(peers[16] ?? assert.fail()), [{ topic: TOPIC, backoff: 60 }])
  for (let turn = 0; turn < 12; turn++) {
    await beat(SWAP_PERIOD_MS - ANSWERED_AFTER_MS)
    mesh = await beat(ANSWERED_AFTER_MS)
  }
  assert.equal(mesh.length, 10)
  const expected = [...PEERS.slice(0, 7), ...PEERS.slice(17, 20)]
  assert.deepEqual(mesh.toSorted(), expected.toSorted())
  assert.equal(changes.length, 14)
})

test('a mesh of short messages stays as it is', async () => {
  const { router, beat, changes } = scene('attestation')
  router.mesh.set(TOPIC, new Set(PEERS.slice(10, 20)))
  await beat()
  await beat(SWAP_PERIOD_MS)
  assert.deepEqual(changes, [])
})

test('links made by hand stay, as far as they are, until they have gone', async () => {
  const { router, beat, changes, clock } = scene()
  const far = PEERS.slice(15, 25)
  router.mesh.set(TOPIC, new Set())
  for (const id of far.slice(0, 6)) router.graftByHand(id, TOPIC)
  for (const id of far.slice(6)) {
    router.mesh.get(TOPIC)?.add(id)
    router.holdByHand(id, TOPIC)
  }
  changes.length = 0
  await beat()
  await beat(SWAP_PERIOD_MS)
  assert.deepEqual(changes, [])
  const [gone = ''] = far
  await router.cutLink(gone, TOPIC, 'manual')
  await beat()
  router.backoff.get(TOPIC)?.set(gone, clock.nowMs())
  router.mesh.get(TOPIC)?.add(gone)
  await beat(SWAP_PERIOD_MS)
  await beat(ANSWERED_AFTER_MS)
  assert.deepEqual(
    changes.filter(({ action, reason }) => action === 'prune_sent' && reason !== 'manual').map(({ peerId }) => peerId),
    [gone],
  )
})

test('in a mesh as near as it can be who brings nothing first makes room for others in turns', async () => {
  const { router, beat, changes, peers } = scene()
  const members = PEERS.slice(0, 10)
  router.mesh.set(TOPIC, new Set(members))
  const bring = async (from: number, seed: number): Promise<void> => {
    const data = new Uint8Array(4096).fill(seed)
    const { peerId } = peers[from] ?? assert.fail()
    await router.handleReceivedRpc(peerId, { subscriptions: [], messages: [{ topic: TOPIC, data }] })
  }
  await beat()
  for (let seed = 1; seed <= TURN_MESSAGES; seed++) await bring(seed % 7, seed)
  await beat(SETTLED_AFTER_MS)
  await beat(ANSWERED_AFTER_MS)
  assert.deepEqual(
    changes.map(({ action, peerId, reason }) => [action, peerId, reason]),
    [
      ['graft_sent', changes[0]?.peerId, 'earlier_peer'],
      ['prune_sent', PEERS[9], 'earlier_peer'],
    ],
  )
  assert.deepEqual(prunesTo(peers[9] ?? assert.fail()), [{ topic: TOPIC, backoff: 60 }])
  assert.equal(router.mesh.get(TOPIC)?.size, 10)
  assert.deepEqual(router.wireView().replacedPeers, { nearer_peer: 0, earlier_peer: 1 })
})
