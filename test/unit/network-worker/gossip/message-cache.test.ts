import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cacheMessage, idBytes } from '../../../../src/network-worker/gossip/message-cache.ts'
import { addPeer, controlRpc, routerScene, TOPIC } from './router-scene.ts'

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
