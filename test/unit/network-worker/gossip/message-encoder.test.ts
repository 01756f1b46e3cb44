import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import { prefixWithLength } from '../../../../src/network-worker/gossip/length-prefix.ts'
import { MessageEncoder } from '../../../../src/network-worker/gossip/message-encoder.ts'

test('a message is encoded as upstream encodes it, with its length, and its payload lies in it', () => {
  const encoder = new MessageEncoder()
  const sizes = fc.oneof(fc.nat(300), fc.constantFrom(0, 127, 128, 4000, 4096, 16_383, 16_384, 70_000))
  fc.assert(
    fc.property(sizes, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }), (bytes, topic) => {
      const data = Buffer.alloc(bytes, 7)
      const rpc = RPC.encode({ subscriptions: [], messages: [{ topic, data }] })
      const encoded = encoder.encode({ topic, data })
      assert.ok(Buffer.from(rpc).equals(encoded.rpc))
      assert.ok(Buffer.from(prefixWithLength(rpc)).equals(encoded.frame))
      assert.ok(data.equals(encoded.data))
      assert.equal(encoded.data.buffer, encoded.frame.buffer)
    }),
  )
})

test('a message without payload has an empty one', () => {
  const { rpc } = new MessageEncoder().encode({ topic: 't' })
  assert.deepEqual(RPC.decode(rpc).messages[0], { topic: 't', data: new Uint8Array() })
})

test('what is sent before a message may lie right before it', () => {
  for (const bytes of [10, 70_000]) {
    const data = Buffer.alloc(bytes, 7)
    const bare = new MessageEncoder().encode({ topic: 't', data })
    const { front, frame, rpc } = new MessageEncoder().encode({ topic: 't', data }, 27)
    assert.equal(front.length, 27)
    assert.equal(front.buffer, frame.buffer)
    assert.equal(front.byteOffset + front.length, frame.byteOffset)
    front.fill(0xff)
    assert.deepEqual([frame, rpc], [bare.frame, bare.rpc])
  }
})
