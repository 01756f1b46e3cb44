import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cacheMessage, idBytes } from '../../../../../src/network-worker/gossip/sending/message-cache.ts'
import { addPeer, controlRpc, freeBytesOf, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

test('the bytes of an id are those of its hex', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (id) => {
      assert.deepEqual(idBytes(Buffer.from(id).toString('hex')), id)
    }),
  )
})

test('upstream answers from the cache, three times to each peer, and announces what is in it', async () => {
  const { router } = routerScene()
  const [asks, other] = [addPeer(router, 'asks'), addPeer(router, 'other')]
  router.join(TOPIC)
  const id = Buffer.alloc(20, 5)
  cacheMessage(router.mcache, id.toString('hex'), { topic: TOPIC, data: new Uint8Array(30) })
  cacheMessage(router.mcache, id.toString('hex'), { topic: TOPIC, data: new Uint8Array(31) })
  const answers = (): number[] =>
    [asks, other].map(({ control }) => control.filter((rpc) => rpc.messages.length > 0).length)
  const ask = controlRpc({ iwant: [{ messageIDs: [id] }] })
  for (let times = 0; times < 5; times++) await router.handleReceivedRpc(asks.peerId, ask)
  await router.handleReceivedRpc(other.peerId, ask)
  assert.deepEqual(answers(), [3, 1])
  assert.equal(asks.control.find(({ messages }) => messages.length > 0)?.messages[0]?.data?.length, 30)
  assert.equal(router.mcache.history[0]?.length, 1)
  for (let beat = 0; beat < router.opts.mcacheLength; beat++) await router.heartbeat()
  assert.equal(router.mcache.msgs.size, 0)
})

/** A router with one long message in its cache, and the peer that sent it. */
function sceneWithBlock() {
  const { router } = routerScene()
  const source = addPeer(router, 'source')
  router.allow(TOPIC, plainRules())
  router.join(TOPIC)
  const payload = new Uint8Array(70_000).fill(7)
  void router.handleReceivedRpc(source.peerId, { subscriptions: [], messages: [{ topic: TOPIC, data: payload }] })
  const [[msgId, cached] = []] = router.mcache.msgs as Map<string, { message: { data: Uint8Array } }>
  assert.ok(msgId !== undefined && cached !== undefined)
  return { router, payload, msgId, cached }
}

test('a long message lies in a room of its own, which is free when it has left the cache', async () => {
  const { router, payload, cached } = sceneWithBlock()
  payload.fill(9)
  assert.ok(cached.message.data.every((byte) => byte === 7))
  for (let beat = 0; beat < router.opts.mcacheLength; beat++) {
    assert.equal(freeBytesOf(router), 0)
    await router.heartbeat()
  }
  assert.equal(router.mcache.msgs.size, 0)
  assert.equal(freeBytesOf(router), 80 * 1024)
  await router.heartbeat()
  assert.equal(freeBytesOf(router), 80 * 1024)
})

test('the room of one that was asked for is not used again: its answer may be under way', async () => {
  const { router, msgId } = sceneWithBlock()
  const asks = addPeer(router, 'asks')
  await router.handleReceivedRpc(asks.peerId, controlRpc({ iwant: [{ messageIDs: [Buffer.from(msgId, 'hex')] }] }))
  assert.equal(asks.control.filter(({ messages }) => messages.length > 0).length, 1)
  for (let beat = 0; beat <= router.opts.mcacheLength; beat++) await router.heartbeat()
  assert.equal(router.mcache.msgs.size, 0)
  assert.equal(freeBytesOf(router), 0)
})
