/** When what waits for a peer leaves: as soon as its stream has room, whatever the stream's muxer says of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { addPeer, plainRules, routerScene, TOPIC } from './router-scene.ts'

/** A stream that is full until the test says otherwise. */
class FullStream extends EventTarget {
  readonly protocol = '/meshsub/1.2.0'
  readonly status = 'open'
  writeBufferLength = STREAM_WATERMARK_BYTES
  readonly sent: number[] = []
  send(frame: Uint8Array): boolean {
    this.sent.push(frame.length)
    return true
  }
  async close(): Promise<void> {}
}

/** As those of our own muxers are. */
class OwnFullStream extends FullStream {
  sendTogether(front: Uint8Array, rest: Uint8Array): boolean {
    return this.send(front) && this.send(rest)
  }
}

/** A peer behind such a stream, for whom a block waits. */
async function scene(stream: FullStream) {
  const { router } = routerScene()
  router.allow(TOPIC, plainRules())
  const [source, peer] = [addPeer(router, 'source'), addPeer(router, 'peer')]
  router.streamsOutbound.delete('peer')
  const connection = { status: 'open', newStream: async () => stream }
  await router.createOutboundStream(peer.peerId, connection as unknown as Connection)
  router.join(TOPIC)
  stream.sent.length = 0
  const data = new Uint8Array(400).fill(1)
  void router.handleReceivedRpc(source.peerId, { subscriptions: [], messages: [{ topic: TOPIC, data }] })
  assert.deepEqual(stream.sent, [])
  return stream
}

for (const [whose, Full] of [
  ['our own', OwnFullStream],
  ["a library's", FullStream],
] as const) {
  test(`${whose} stream: with room again the block leaves in the turn that says so, and not before`, async () => {
    const stream = await scene(new Full())
    stream.dispatchEvent(new Event('drain'))
    assert.deepEqual(stream.sent, [], 'still full')
    stream.writeBufferLength = 0
    stream.dispatchEvent(new Event('drain'))
    assert.equal(stream.sent.length, 1)
  })
}

test('a stream of a library, which tells of its room when it has sent what waited, gets the block right after', async () => {
  const stream = await scene(new FullStream())
  stream.dispatchEvent(new Event('drain'))
  stream.writeBufferLength = 0
  stream.dispatchEvent(new Event('idle'))
  assert.deepEqual(stream.sent, [], 'it would only put the block behind what it is sending')
  await Promise.resolve()
  assert.equal(stream.sent.length, 1)
})
