/** What libp2p's own peer store keeps in the relay's memory of peers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createLibp2p } from 'libp2p'
import { MAX_ABSENT_PEERS, PeerMemory } from '../../../../src/network-worker/host/peer-memory.ts'

async function someone(): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('secp256k1'))
}

async function scene() {
  const privateKey = await generateKeyPair('secp256k1')
  const own = peerIdFromPrivateKey(privateKey)
  const memory = new PeerMemory(own)
  const { peerStore: store } = await createLibp2p({ start: false, privateKey, datastore: memory })
  const meet = (peer: PeerId): Promise<unknown> => store.merge(peer, { protocols: ['/meshsub/1.2.0'] })
  return { own, memory, store, meet }
}

test('of peers that are gone only the latest are remembered, and connected ones and we ourselves always', async () => {
  const { own, memory, store, meet } = await scene()
  await meet(own)
  const connected = await someone()
  memory.keep(connected)
  await meet(connected)
  const gone = await Promise.all(Array.from({ length: MAX_ABSENT_PEERS + 300 }, someone))
  for (const peer of gone) await meet(peer)
  assert.ok(memory.size <= MAX_ABSENT_PEERS + 2, `${memory.size}`)
  for (const peer of [own, connected, ...gone.slice(-1000)]) assert.ok(await store.has(peer))
  assert.equal(await store.has(gone[0] ?? own), false)
})

test('one that has just left is still known, however long ago it came', async () => {
  const { memory, store, meet } = await scene()
  const leaving = await someone()
  memory.keep(leaving)
  await meet(leaving)
  const others = await Promise.all(Array.from({ length: MAX_ABSENT_PEERS + 50 }, someone))
  for (const peer of others) await meet(peer)
  memory.release(leaving)
  for (const peer of await Promise.all(Array.from({ length: 500 }, someone))) await meet(peer)
  assert.ok(await store.has(leaving))
  for (const peer of await Promise.all(Array.from({ length: MAX_ABSENT_PEERS }, someone))) await meet(peer)
  assert.equal(await store.has(leaving), false)
})

test('a large room of which an entry is a small part is not kept for it', async () => {
  const { memory } = await scene()
  const room = new Uint8Array(65_536)
  const key = { toString: () => '/peers/one' } as Parameters<PeerMemory['put']>[0]
  memory.put(key, room.subarray(100, 200))
  const kept = memory.get(key) as Uint8Array
  assert.deepEqual([kept.length, kept.buffer.byteLength], [100, 100])
})
