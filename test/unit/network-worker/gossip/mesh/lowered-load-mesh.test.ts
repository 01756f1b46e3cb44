import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TURN_MESSAGES } from '../../../../../src/network-worker/gossip/mesh/mesh-turns.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import { SETTLED_AFTER_MS } from '../../../../../src/network-worker/gossip/sending/copy-ledger.ts'
import {
  addPeer,
  graftsTo,
  names,
  plainRules,
  prunesTo,
  routerScene,
  seededRandom,
  TOPIC,
} from '../router/router-scene.ts'

test('whom a lowered load cuts is not grafted in the same beat', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const ids = names(12)
    const { router, clock } = routerScene({
      level: 5,
      random: seededRandom(seed),
      receivers: { isOwn: () => false, rttMs: (id: string) => 10 * (ids.indexOf(id) + 1) },
    })
    router.allow(TOPIC, plainRules({ messageClass: 'block' }))
    const peers = ids.map((id) => addPeer(router, id, { direction: 'outbound' }))
    router.mesh.set(TOPIC, new Set(ids))
    await router.heartbeat()
    for (let n = 1; n <= TURN_MESSAGES; n++) {
      const data = new Uint8Array(4096).fill(n)
      const { peerId } = peers[0] ?? assert.fail()
      await router.handleReceivedRpc(peerId, { subscriptions: [], messages: [{ topic: TOPIC, data }] })
    }
    clock.advance(SETTLED_AFTER_MS)
    router.setLoad(meshParameters(1))
    await router.heartbeat()
    for (const peer of peers) {
      const both = graftsTo(peer).length > 0 && prunesTo(peer).length > 0
      assert.ok(!both, `seed ${seed}: ${peer.peerId} gets a GRAFT and a PRUNE`)
    }
  }
})
