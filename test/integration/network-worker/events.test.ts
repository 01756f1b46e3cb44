import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { blockOf, currentSlot, gossipScene } from './gossip-scene.ts'

test('a relay streams while it is subscribed to, and forwards the same when it is not', async () => {
  await using scene = await gossipScene(2)
  const { relay, network, blockTopic, peers } = scene
  const [alice, bob] = peers
  assert.ok(alice !== undefined && bob !== undefined)
  const told = (): number => relay.streamed.flatMap(({ events }) => events).length
  /**
   * Sends a block and waits until its receiver has it and its root is known. The two take turns: of one sender no more
   * than two blocks a slot are hashed.
   */
  const pass = async (seed: number): Promise<void> => {
    const [sender, receiver] = seed % 2 === 0 ? [alice, bob] : [bob, alice]
    const before = { received: receiver.received.length, arrivals: (await relay.control.listArrivals()).length }
    await sender.publish(blockTopic, blockOf(network, currentSlot(network), seed))
    await until('the block at the other', () => receiver.received.length === before.received + 1)
    await until('its root', async () => (await relay.control.listArrivals()).length > before.arrivals)
  }
  await pass(1)
  assert.equal(relay.streamed.length, 0)
  await relay.control.subscribeEvents(['block_gossip'])
  await pass(2)
  await until('the event', () => told() === 1)
  await relay.control.subscribeEvents([])
  await pass(3)
  assert.equal(told(), 1)
})
