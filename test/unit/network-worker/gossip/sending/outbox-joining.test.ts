import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import { PeerOutbox, STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { joinRpcs, prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'

function rpcOf(n: number, bytes: number): Uint8Array {
  const data = new Uint8Array(bytes).fill(n)
  return RPC.encode({ subscriptions: [], messages: [{ topic: 'a topic', data }] })
}

/** First bytes of the payloads of a frame's messages. */
function payloads(frame: Uint8Array): (number | undefined)[] {
  const headerBytes = [...frame].findIndex((byte) => byte < 0x80) + 1
  return RPC.decode(frame.subarray(headerBytes)).messages.map(({ data }) => data?.[0])
}

function scene() {
  const frames: Uint8Array[] = []
  const drops: string[] = []
  const spared: string[] = []
  const unwanted = new Set<string>()
  const state = { writeBufferLength: 0, isBroken: false }
  const stream = {
    rawStream: state,
    pushPrefixed: (frame: Uint8Array) => {
      if (state.isBroken) throw new Error('gone')
      frames.push(frame)
    },
  }
  const outbox = new PeerOutbox({
    monotonicMs: () => 0,
    maxAgeMs: 1000,
    isUnwanted: ({ msgId }) => unwanted.has(msgId),
    onSpared: ({ msgId }) => void spared.push(msgId),
    onFront: () => undefined,
    onDropped: ({ msgId }, reason) => void drops.push(`${msgId} ${reason}`),
  })
  const offer = (n: number, bytes = 200, name: MessageClass = 'attestation'): boolean => {
    const rpc = rpcOf(n, bytes)
    return outbox.offer(stream, { rpc, frame: prefixWithLength(rpc), msgId: `${n}`, class: name, queuedAtMs: 0 }, true)
  }
  return { outbox, stream, state, frames, drops, spared, unwanted, offer }
}

test('short messages that may wait go as one RPC, in their order', () => {
  const { outbox, stream, frames, offer } = scene()
  for (const n of [1, 2, 3]) assert.equal(offer(n), true)
  assert.deepEqual([frames.length, outbox.isJoining, outbox.bytes], [0, true, 0])
  outbox.flush(stream)
  assert.deepEqual([frames.map(payloads), outbox.isJoining], [[[1, 2, 3]], false])
  outbox.flush(stream)
  assert.equal(frames.length, 1)
})

test('one that found no company goes as it is', () => {
  const { outbox, stream, frames, offer } = scene()
  offer(1)
  outbox.flush(stream)
  assert.deepEqual(frames, [prefixWithLength(rpcOf(1, 200))])
})

test('blocks, and whatever is long, wait for nobody', () => {
  const { frames, offer } = scene()
  offer(1)
  offer(2, 200, 'block')
  offer(3, 5000, 'sidecar')
  assert.deepEqual(frames.map(payloads), [[2], [3]])
})

test('what the peer says it has meanwhile is left out', () => {
  const { outbox, stream, frames, unwanted, spared, offer } = scene()
  for (const n of [1, 2, 3]) offer(n)
  unwanted.add('2')
  outbox.flush(stream)
  assert.deepEqual([frames.map(payloads), spared], [[[1, 3]], ['2']])
})

test('an RPC has 256 messages and 60 kB at most', () => {
  const many = scene()
  for (let n = 0; n < 600; n++) many.offer(1, 20)
  many.outbox.flush(many.stream)
  assert.deepEqual(
    many.frames.map((frame) => payloads(frame).length),
    [256, 256, 88],
  )
  const large = scene()
  for (let n = 0; n < 40; n++) large.offer(1, 4000)
  large.outbox.flush(large.stream)
  assert.ok(large.frames.every((frame) => frame.length <= 60 * 1024 + 5))
  assert.equal(large.frames.flatMap(payloads).length, 40)
})

test('with a full stream, or behind others that wait for one, a message is queued by class as ever', () => {
  const { outbox, stream, state, frames, offer } = scene()
  state.writeBufferLength = STREAM_WATERMARK_BYTES
  offer(1)
  state.writeBufferLength = 0
  offer(2)
  assert.deepEqual([outbox.isJoining, outbox.bytes > 0], [false, true])
  outbox.drain(stream)
  assert.deepEqual(frames.map(payloads), [[1], [2]])
})

test('a stream that breaks costs all that waited, each told', () => {
  const { outbox, stream, state, drops, offer } = scene()
  for (const n of [1, 2]) offer(n)
  state.isBroken = true
  outbox.flush(stream)
  offer(3)
  outbox.clear('stream_lost')
  assert.deepEqual([drops, outbox.isJoining], [['1 stream_lost', '2 stream_lost', '3 stream_lost'], false])
})

test('the length before joined RPCs is that of all of them', () => {
  const rpcs = [rpcOf(1, 100), rpcOf(2, 20_000)]
  const frame = joinRpcs(rpcs)
  assert.deepEqual(payloads(frame), [1, 2])
  assert.equal(frame.length, 3 + (rpcs[0]?.length ?? 0) + (rpcs[1]?.length ?? 0))
})
