import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { gossipScene } from './gossip-scene.ts'

test('stop says goodbye 1 to every peer, closes the connections, and may be called again', async () => {
  await using scene = await gossipScene(2)
  const { relay, peers } = scene
  const [first, second] = [relay.node.stop(), relay.node.stop()]
  await Promise.all([first, second])
  await relay.node.stop()
  await until('goodbyes', () => peers.every((peer) => peer.goodbyes.length > 0))
  for (const peer of peers) assert.deepEqual(peer.goodbyes, [1])
  await until('closed connections', () => peers.every((peer) => !peer.isConnectedTo(relay.peerId)))
  assert.equal((await relay.control.getHealth()).listening, false)
})
