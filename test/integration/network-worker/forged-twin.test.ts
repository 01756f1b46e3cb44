/** A true block and a forged one of its slot, with the policies that a relay has by itself and no keys. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { DEFAULTS, digestHex, hasBlock, meshedPeer, NETWORK, scoreOf, TOPIC } from './forged-scene.ts'
import { blockOf, currentSlot, heavyBlockOf } from './gossip-scene.ts'

test('the forged one comes first: the true one follows as soon as a second peer has it, however large it is', async () => {
  await using relay = await startRelay({ config: DEFAULTS })
  await using forger = await meshedPeer(relay, 'forger/1')
  await using alice = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const slot = currentSlot(NETWORK)
  const forged = blockOf(NETWORK, slot, 666)
  forger.publishTo(relay.peerId, TOPIC, forged)
  await until('the first block of the slot, at once', () => hasBlock(carol, forged))

  // Above the size from which the mesh is told not to send what we have: bob is not to be told.
  const block = heavyBlockOf(NETWORK, slot, 7)
  alice.publishTo(relay.peerId, TOPIC, block)
  const waits = async (): Promise<boolean> => (await relay.control.getMetrics()).counters.receivedMessages >= 2
  await until('the true block at the relay', waits)
  assert.equal(hasBlock(carol, block), false)

  await using bob = await meshedPeer(relay, 'bob/1')
  bob.publishTo(relay.peerId, TOPIC, block)
  await until('the true block', () => hasBlock(carol, block))
  for (const honest of [alice, bob]) assert.ok((await scoreOf(relay, honest)) >= 0)
})

test('peers that hear of it among themselves send it, since they are not told that we have it', async () => {
  await using relay = await startRelay({ config: DEFAULTS })
  await using forger = await meshedPeer(relay, 'forger/1')
  await using alice = await meshedPeer(relay, 'alice/1')
  await using bob = await meshedPeer(relay, 'bob/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  await bob.dial(alice.address)
  await bob.meshedWith(alice.peerId, TOPIC)
  const slot = currentSlot(NETWORK)
  const forged = blockOf(NETWORK, slot, 666)
  forger.publishTo(relay.peerId, TOPIC, forged)
  await until('the forged block', () => hasBlock(carol, forged))
  const block = heavyBlockOf(NETWORK, slot, 7)
  alice.publishTo(relay.peerId, TOPIC, block)
  alice.publishTo(bob.peerId, TOPIC, block)
  await until('the true block', () => hasBlock(carol, block))
})

test('what only one peer sends is dropped after a while, and nobody pays for it', async () => {
  await using relay = await startRelay({ config: { ...DEFAULTS, corroborationTimeMs: 300 } })
  await using alice = await meshedPeer(relay, 'alice/1')
  await using other = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const slot = currentSlot(NETWORK)
  const [first, second] = [blockOf(NETWORK, slot, 1), blockOf(NETWORK, slot, 2)]
  alice.publishTo(relay.peerId, TOPIC, first)
  alice.publishTo(relay.peerId, TOPIC, second)
  // Runs the same, so that it may be the same.
  other.publishTo(relay.peerId, TOPIC, second)
  const ignored = (): boolean => (relay.pulses.at(-1)?.counters.ignoredMessages ?? 0) > 0
  await until('the second to be dropped', ignored, 30_000)
  assert.deepEqual([hasBlock(carol, first), hasBlock(carol, second)], [true, false])
  assert.ok((await scoreOf(relay, alice)) >= 0)
})

test('a peer that the operator names is believed', async () => {
  await using alice = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent: 'alice/1' })
  alice.subscribe(TOPIC)
  await using relay = await startRelay({ config: { ...DEFAULTS, peers: [alice.address] } })
  await alice.meshedWith(relay.peerId, TOPIC)
  await using forger = await meshedPeer(relay, 'forger/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const slot = currentSlot(NETWORK)
  for (let index = 0; index < 20; index++) forger.publishTo(relay.peerId, TOPIC, blockOf(NETWORK, slot, 100 + index))
  const block = blockOf(NETWORK, slot, 7)
  alice.publishTo(relay.peerId, TOPIC, block)
  await until('the true block', () => hasBlock(carol, block))
  assert.equal(carol.received.length, 2)
})
