import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { MessageEncoder } from '../../../../../src/network-worker/gossip/wire/message-encoder.ts'

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

const LARGE_BYTES = 70_000

/** A payload as a reader of frames hands it up: a view of the frame in which it came, which lies in so much memory. */
function cameIn(frame: Uint8Array, payload: Uint8Array, before = 0, behind = 0): Uint8Array {
  const memory = Buffer.alloc(before + frame.length + behind)
  memory.set(frame, before)
  const start = memory.indexOf(payload)
  return memory.subarray(start, start + payload.length)
}

test('a payload in the frame that we would write is sent in that one', () => {
  const sizes = fc.oneof(fc.integer({ min: 4096, max: 4200 }), fc.constantFrom(16_383, 16_384, LARGE_BYTES))
  const topics = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 })
  fc.assert(
    fc.property(sizes, topics, fc.nat(800), fc.nat(200), (bytes, topic, before, behind) => {
      const written = new MessageEncoder().encode({ topic, data: Buffer.alloc(bytes, 7) })
      const data = cameIn(written.frame, written.data, before, behind)
      const came = new MessageEncoder().asCame({ topic, data }, 27) ?? assert.fail('to be encoded')
      assert.equal(came.frame.buffer, data.buffer)
      assert.deepEqual([came.frame, came.rpc, came.data], [written.frame, written.rpc, written.data])
      assert.equal(came.front.length, 27)
      assert.notEqual(came.front.buffer, data.buffer)
    }),
  )
})

test('what is around a payload is sent only if each byte of it is as we would write it', () => {
  const { frame, data } = new MessageEncoder().encode({ topic: 'topic', data: Buffer.alloc(LARGE_BYTES, 7) })
  const headBytes = data.byteOffset - frame.byteOffset
  const tailAt = headBytes + data.length
  const others = [...Array(headBytes).keys(), ...Array.from({ length: frame.length - tailAt }, (_, i) => tailAt + i)]
  for (const at of others) {
    const view = cameIn(frame, data)
    const memory = new Uint8Array(view.buffer)
    memory[at] = (memory[at] ?? 0) ^ 1
    assert.equal(new MessageEncoder().asCame({ topic: 'topic', data: view }), undefined, `byte ${at}`)
  }
  assert.equal(new MessageEncoder().asCame({ topic: 'other', data: cameIn(frame, data) }), undefined)
})

test('a frame that is not whole, with another message beside it, or in far more memory is not sent as it came', () => {
  const { frame, rpc, data } = new MessageEncoder().encode({ topic: 't', data: Buffer.alloc(LARGE_BYTES, 7) })
  const asCame = (view: Uint8Array): unknown => new MessageEncoder().asCame({ topic: 't', data: view })
  assert.equal(asCame(cameIn(rpc, data)), undefined)
  assert.equal(asCame(cameIn(frame.subarray(0, -1), data)), undefined)
  const two = prefixWithLength(Buffer.concat([rpc, RPC.encode({ subscriptions: [], messages: [{ topic: 't' }] })]))
  assert.equal(asCame(cameIn(two, data)), undefined)
  assert.equal(asCame(cameIn(frame, data, LARGE_BYTES)), undefined)
  assert.equal(asCame(new Uint8Array(data)), undefined)
  assert.notEqual(asCame(cameIn(frame, data)), undefined)
})

test('a length in more bytes than it takes is not sent on', () => {
  const { frame, data } = new MessageEncoder().encode({ topic: 't', data: Buffer.alloc(LARGE_BYTES, 7) })
  const lastOfPrefix = frame.findIndex((byte) => byte < 0x80)
  const longer = Buffer.concat([
    frame.subarray(0, lastOfPrefix),
    Uint8Array.of((frame[lastOfPrefix] ?? 0) | 0x80, 0),
    frame.subarray(lastOfPrefix + 1),
  ])
  assert.equal(new MessageEncoder().asCame({ topic: 't', data: cameIn(longer, data) }), undefined)
})
