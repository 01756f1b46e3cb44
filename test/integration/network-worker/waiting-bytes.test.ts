/** What a slow peer gets late is what was sent to it, though the memory of messages that nobody waits for was used again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relayNetwork } from '../../support/relay-config.ts'
import { until } from '../../support/until.ts'
import { currentSlot, gossipScene, heavyBlockOf, UNCAPPED } from './gossip-scene.ts'

const BLOCK_BYTES = 200_000
/** More than the stream's window, the socket's buffers and what is handed to a stream: the last ones wait in the outbox. */
const BLOCKS = 30

test('each byte of it, wherever on its way it waited', async () => {
  const network = relayNetwork({ slotDurationMs: 2000 })
  await using all = await gossipScene(3, network, { validation: UNCAPPED })
  const { relay, peers, blockTopic } = all
  const [sender, slow, fast] = peers
  assert.ok(sender !== undefined && slow !== undefined && fast !== undefined)
  const sent = new Set<string>()
  const send = async (): Promise<void> => {
    const data = heavyBlockOf(network, currentSlot(network), sent.size, BLOCK_BYTES)
    sent.add(Buffer.from(data).toString('base64'))
    await sender.publish(blockTopic, data)
    await until('the fast one to have it', () => fast.received.length === sent.size)
  }
  slow.setReading(relay.peerId, false)
  for (let count = 0; count < BLOCKS; count++) await send()
  assert.equal(slow.received.length, 0)
  slow.setReading(relay.peerId, true)
  await until('what waited', () => slow.received.length > BLOCKS / 2)
  for (const { data } of [...slow.received, ...fast.received]) {
    assert.ok(sent.has(Buffer.from(data).toString('base64')), 'nobody was sent something else')
  }
})
