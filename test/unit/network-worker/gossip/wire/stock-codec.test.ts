/** On stock layers the library encodes, a message at a time; who is sent what, and what is counted, stays as it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { addPeer, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

const MESSAGES = 12

/** A crowd of short messages from one peer, for another in the mesh. */
function crowd(layers: 'own' | 'stock') {
  const scene = routerScene({ layers })
  const { router, clock } = scene
  router.allow(TOPIC, plainRules({ messageClass: 'other' }))
  const [source, taker] = [addPeer(router, 'source'), addPeer(router, 'taker')]
  router.mesh.set(TOPIC, new Set([taker.id]))
  const payloads = Array.from({ length: MESSAGES }, (_, at) => new Uint8Array(100).fill(at))
  const messages = payloads.map((data) => ({ topic: TOPIC, data }))
  void router.handleReceivedRpc(source.peerId, { subscriptions: [], messages })
  const atOnce = taker.frames.length
  clock.advance(10)
  return { ...scene, taker, payloads, atOnce }
}

test('messages of a crowd leave in the turn in which they came, each an RPC as the library writes it', () => {
  const { taker, payloads, atOnce } = crowd('stock')
  assert.equal(atOnce, MESSAGES)
  const expected = payloads.map((data) =>
    prefixWithLength(RPC.encode({ subscriptions: [], messages: [{ topic: TOPIC, data }] })),
  )
  assert.deepEqual(taker.frames.map(Buffer.from), expected.map(Buffer.from))
})

test('on our own they wait for each other, and the same is counted', () => {
  const [own, stock] = [crowd('own'), crowd('stock')]
  assert.ok(own.taker.frames.length < MESSAGES)
  const forwarded = ({ stats }: typeof own) => stats.counters().forwardedMessages
  assert.deepEqual([forwarded(own), forwarded(stock)], [MESSAGES, MESSAGES])
})

test('what the cache keeps of a message is no view of what was read', () => {
  const { router, payloads } = crowd('stock')
  const read = new Set<ArrayBufferLike>(payloads.map(({ buffer }) => buffer))
  const kept = [...router.mcache.msgs.values()].map((cached) => (cached as { message: RPC.Message }).message.data)
  assert.equal(kept.length, MESSAGES)
  for (const data of kept) assert.ok(data != null && !read.has(data.buffer))
})
