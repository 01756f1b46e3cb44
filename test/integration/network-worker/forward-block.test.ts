import assert from 'node:assert/strict'
import { test } from 'node:test'
import { specMessageId } from '../../support/gossip-peer.ts'
import { until } from '../../support/until.ts'
import { blockOf, currentSlot, gossipScene } from './gossip-scene.ts'

test('a block of one peer reaches the other through the relay as it is, and is counted', async () => {
  await using scene = await gossipScene(2)
  const { relay, network, blockTopic } = scene
  const [alice, bob] = scene.peers
  assert.ok(alice !== undefined && bob !== undefined)
  const block = blockOf(network, currentSlot(network), 7, 5000)

  await alice.publish(blockTopic, block)
  await until('the block at the other peer', () => bob.received.length > 0)

  const [received] = bob.received
  assert.deepEqual(Buffer.from(received?.data ?? []), Buffer.from(block))
  assert.equal(received?.id, specMessageId(blockTopic, block))
  assert.equal(received?.from, relay.peerId)
  assert.equal(bob.received.length, 1)
  assert.deepEqual(alice.received, [], 'a message never goes back to its sender')

  await until('a pulse with the block', () => (relay.pulses.at(-1)?.counters.acceptedBlocks ?? 0) > 0)
  const pulse = relay.pulses.at(-1)
  assert.ok(pulse !== undefined)
  const { counters } = pulse
  assert.equal(counters.receivedMessages, 1)
  assert.equal(counters.receivedBytes, block.length)
  assert.equal(counters.acceptedMessages, 1)
  assert.equal(counters.acceptedBlocks, 1)
  assert.equal(counters.forwardedMessages, 1)
  assert.equal(counters.forwardedBytes, block.length)
  assert.deepEqual(
    [counters.ignoredMessages, counters.rejectedMessages, counters.duplicateMessages, counters.droppedMessages],
    [0, 0, 0, 0],
  )
  assert.deepEqual([pulse.peers, pulse.blockMeshPeers, pulse.topics], [2, 2, 1])
  assert.ok(pulse.forwardP99Ms > 0 && pulse.forwardP99Ms < 1000, `forwarded within ${pulse.forwardP99Ms} ms`)
  assert.ok(pulse.loopDelayMaxMs >= 0)
  const health = await relay.control.getHealth()
  assert.deepEqual([health.listening, health.blockMeshPeers], [true, 2])
  assert.ok(health.syncDistance <= 3, `sync distance ${health.syncDistance}`)
})

test('a block sent by two peers is forwarded once and counted as a duplicate', async () => {
  await using scene = await gossipScene(3)
  const { relay, network, blockTopic } = scene
  const [alice, bob, carol] = scene.peers
  assert.ok(alice !== undefined && bob !== undefined && carol !== undefined)
  const block = blockOf(network, currentSlot(network), 1, 500)
  await Promise.all([alice.publish(blockTopic, block), bob.publish(blockTopic, block)])
  await until('the block at the third peer', () => carol.received.length > 0)
  await until('a pulse with both copies', () => relay.pulses.at(-1)?.counters.receivedMessages === 2)
  const counters = relay.pulses.at(-1)?.counters
  assert.deepEqual([counters?.acceptedMessages, counters?.duplicateMessages], [1, 1])
  assert.equal(carol.received.length, 1)
})
