/** A message that was passed on, and is found to be forged afterwards. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { RelayRouter } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import { addPeer, controlRpc, type FakePeer, names, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

const MESSAGE: RPC.Message = { topic: TOPIC, data: new Uint8Array(60).fill(1) }
const ID_BYTES = new Uint8Array(20).fill(1)
const ID = Buffer.from(ID_BYTES).toString('hex')

function scene() {
  const { router } = routerScene()
  router.allow(TOPIC, plainRules())
  const [a, b, c, d] = names(4).map((name) => addPeer(router, name))
  assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined)
  router.join(TOPIC)
  const receive = ({ peerId }: FakePeer): void =>
    void router.handleReceivedRpc(peerId, { subscriptions: [], messages: [{ ...MESSAGE }] })
  return { router, a, b, c, d, receive }
}

function invalidOf(router: RelayRouter, { id }: FakePeer): number {
  return router.score.peerStats.get(id)?.topics[TOPIC]?.invalidMessageDeliveries ?? 0
}

const nobody = (): boolean => false

test('it costs who brought it and who sent copies, once each, and nobody who is spared', () => {
  const { router, a, b, c, d, receive } = scene()
  for (const peer of [a, b, c]) receive(peer)
  router.disown(TOPIC, ID, [a.id, b.id], (peerId) => peerId === c.id)
  assert.deepEqual(
    [a, b, c, d].map((peer) => invalidOf(router, peer)),
    [1, 1, 0, 0],
  )
})

test('it is offered to nobody any more, and is not new when it comes again', () => {
  const { router, a, b, d, receive } = scene()
  receive(a)
  assert.equal(router.mcache.msgs.has(ID), true)
  router.disown(TOPIC, ID, [a.id], nobody)
  assert.equal(router.mcache.msgs.has(ID), false)
  void router.handleReceivedRpc(d.peerId, controlRpc({ iwant: [{ messageIDs: [ID_BYTES] }] }))
  const sent = d.frames.length
  receive(b)
  assert.deepEqual([sent, d.frames.length], [1, 1], 'what was forwarded, and no more')
})

test('a copy that comes after it earns nothing and costs nothing', () => {
  const { router, a, b, receive } = scene()
  receive(a)
  router.disown(TOPIC, ID, [a.id], nobody)
  receive(b)
  const stats = router.score.peerStats.get(b.id)?.topics[TOPIC]
  assert.deepEqual([stats?.meshMessageDeliveries ?? 0, invalidOf(router, b)], [0, 0])
})

test('a message that nobody knows any more costs who brought it all the same', () => {
  const { router, a } = scene()
  router.disown(TOPIC, ID, [a.id, 'gone'], nobody)
  assert.equal(invalidOf(router, a), 1)
})
