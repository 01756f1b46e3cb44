/** In which memory a large message leaves: that in which it came, or one with room for what goes before it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection } from '@libp2p/interface'
import { TopicNames } from '../../../../../src/network-worker/gossip/topics/topic-names.ts'
import { FrameReader } from '../../../../../src/network-worker/gossip/wire/frame-reader.ts'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { decodeRpc } from '../../../../../src/network-worker/gossip/wire/rpc-decoder.ts'
import { addPeer, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

const PAYLOAD_BYTES = 70_000
/** What one read of a socket brings of a message, at most, in these tests. */
const CHUNK_BYTES = 30_000

/** A stream that takes two arrays at once, and notes both. */
class TwinStream extends EventTarget {
  readonly protocol = '/meshsub/1.2.0'
  readonly status = 'open'
  readonly writeBufferLength = 0
  readonly sent: (readonly [front: Uint8Array, rest: Uint8Array])[] = []
  send(): boolean {
    return true
  }
  sendTogether(front: Uint8Array, rest: Uint8Array): boolean {
    this.sent.push([front, rest])
    return true
  }
  async close(): Promise<void> {}
}

/** A frame as the reader of a stream over TCP hands it up, whose chunks are lent to it. */
function readLent(bytes: Uint8Array, chunkBytes: number): Uint8Array {
  const frames: Uint8Array[] = []
  const reader = new FrameReader({ maxBytes: bytes.length, onFrame: (frame) => void frames.push(frame) })
  const room = new Uint8Array(chunkBytes)
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const chunk = bytes.subarray(start, start + chunkBytes)
    room.set(chunk)
    reader.push(room.subarray(0, chunk.length), true)
  }
  return frames[0] ?? assert.fail('it is whole')
}

/** What peers behind these muxers are sent of a block that came in one chunk or in several, and the frame that was read. */
async function sentTo(multiplexers: readonly string[], chunkBytes = CHUNK_BYTES) {
  const { router } = routerScene()
  router.allow(TOPIC, plainRules())
  const source = addPeer(router, 'source')
  const streams = multiplexers.map(() => new TwinStream())
  for (const [index, stream] of streams.entries()) {
    const { id, peerId } = addPeer(router, `peer-${index}`)
    router.streamsOutbound.delete(id)
    const connection = { status: 'open', multiplexer: multiplexers[index], newStream: async () => stream }
    await router.createOutboundStream(peerId, connection as unknown as Connection)
  }
  router.join(TOPIC)
  const rpc = RPC.encode({ subscriptions: [], messages: [{ topic: TOPIC, data: Buffer.alloc(PAYLOAD_BYTES, 7) }] })
  const came = new Uint8Array(prefixWithLength(rpc))
  const read = readLent(came, chunkBytes)
  void router.handleReceivedRpc(source.peerId, decodeRpc(read, new TopicNames()))
  const pairs = streams.flatMap(({ sent }) => sent)
  assert.equal(pairs.length, multiplexers.length)
  for (const [front, rest] of pairs) {
    assert.equal(RPC.decode(front.subarray(1)).control?.idontwant.length, 1)
    assert.deepEqual(rest, came)
  }
  const [cached] = router.mcache.msgs.values() as Iterable<{ message: RPC.Message }>
  assert.deepEqual(cached?.message.data, new Uint8Array(PAYLOAD_BYTES).fill(7))
  return { pairs, read }
}

test('peers on yamux are sent the frame that came, and not a copy of it', async () => {
  for (const chunkBytes of [CHUNK_BYTES, 2 * PAYLOAD_BYTES]) {
    const { pairs, read } = await sentTo(['/yamux/1.0.0', '/yamux/1.0.0'], chunkBytes)
    for (const [, rest] of pairs) assert.equal(rest.buffer, read.buffer)
  }
})

test('with a peer on QUIC all are sent one array in which IDONTWANT lies before the message', async () => {
  const { pairs, read } = await sentTo(['/yamux/1.0.0', 'quic'])
  for (const [front, rest] of pairs) {
    assert.notEqual(rest.buffer, read.buffer)
    assert.equal(front.buffer, rest.buffer)
    assert.equal(front.byteOffset + front.length, rest.byteOffset)
  }
})
