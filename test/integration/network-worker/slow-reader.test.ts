/** A stock peer that stops reading its gossip stream for some seconds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relayNetwork } from '../../support/relay-config.ts'
import { meshOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { currentSlot, gossipScene, heavyBlockOf, UNCAPPED } from './gossip-scene.ts'

test('penalised, put out of the mesh, and no loss to others; when it reads again it gets messages again', async () => {
  const network = relayNetwork({ slotDurationMs: 2000 })
  await using all = await gossipScene(3, network, { validation: UNCAPPED })
  const { relay, peers, blockTopic } = all
  const [sender, slow, fast] = peers
  assert.ok(sender !== undefined && slow !== undefined && fast !== undefined)
  slow.setReading(relay.peerId, false)
  let sent = 0
  const send = async (): Promise<void> =>
    sender.publish(blockTopic, heavyBlockOf(network, currentSlot(network), sent++))
  // More than the stream's window, the socket's buffers, and what the relay hands to a stream; no more than may wait, or one
  // is dropped and the score makes an end first.
  for (let count = 0; count < 8; count++) {
    await send()
    await until('the fast one to have it', () => fast.received.length === sent)
  }
  const isPruned = ({ action, reason, peerId }: (typeof relay.meshEvents)[number]): boolean =>
    action === 'prune_sent' && reason === 'slow_peer' && peerId === slow.peerId
  await until('its place in the mesh to go', () => relay.meshEvents.some(isPruned))
  assert.deepEqual((await meshOf(relay, blockTopic)).toSorted(), [sender.peerId, fast.peerId].toSorted())
  assert.equal(
    relay.log.some(({ msg }) => msg === 'MESH: We are sending PRUNE to peer (reason: slow_peer)'),
    true,
  )
  assert.ok(relay.meshEvents.every((event) => event.action !== 'prune_sent' || event.peerId === slow.peerId))
  await send()
  await until('the fast one to have it', () => fast.received.length === sent)
  assert.equal(slow.received.length, 0)

  slow.setReading(relay.peerId, true)
  await until('what waited in the stream', () => slow.received.length > 0)
  await until('the PRUNE', () => !slow.hasInMesh(relay.peerId, blockTopic))
  await send()
  const id = fast.received.length
  await until('the new block at the fast one', () => fast.received.length > id - 1 && fast.received.length === sent)
  const newest = fast.received.at(-1)?.id
  await until('the new block, by IHAVE and IWANT', () => slow.received.some((message) => message.id === newest))
})
