/** What a peer does that breaks the protocol, or wants us to hold its bytes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_NEW_STREAMS_PER_SECOND } from '../../../../../src/network-worker/host/streams/new-stream-rate.ts'
import { ACK, dataFrame, FIN, frame, RST, SYN } from './frames.ts'
import { ByHand, Reader } from './muxer-pair.ts'

const WINDOW = 256 * 1024

for (const [what, frames] of [
  ['another version', [Buffer.concat([Buffer.of(1), frame(0, 0, 1, 0).subarray(1)])]],
  ['an unknown type', [frame(9, 0, 1, 0)]],
  ['a stream with an id of ours', [frame(1, SYN, 2, 0)]],
  ['a stream that is opened twice', [frame(1, SYN, 1, 0), frame(1, SYN, 1, 0)]],
  ['more data than the window', [frame(1, SYN, 1, 0), frame(0, 0, 1, WINDOW + 1)]],
  ['more data than the window, in the first frame', [frame(0, SYN, 1, WINDOW + 1)]],
  ['more data than any window, for a stream that is gone', [frame(0, 0, 1, 2 ** 31)]],
  ['a window past 32 bits', [frame(1, SYN, 1, 2 ** 32 - 1)]],
  ['a ping that neither asks nor answers', [frame(2, 0, 0, 1)]],
] as const) {
  test(`${what}: told so, and the connection ends`, async () => {
    const hand = new ByHand()
    hand.send(frame(1, SYN, 99, 0))
    const [stream] = hand.accepted
    hand.send(...frames)
    const told = hand.take().at(-1)
    assert.deepEqual(told && [told.type, told.length], [3, 1])
    assert.equal(stream?.status, 'aborted')
    assert.equal(hand.muxer.status, 'closed')
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(hand.end.status, 'closed')
  })
}

test('a go-away with a reason ends the connection', () => {
  const hand = new ByHand()
  hand.send(frame(1, SYN, 1, 0), frame(3, 0, 0, 2))
  assert.equal(hand.muxer.status, 'closed')
  assert.equal(hand.accepted[0]?.status, 'aborted')
})

test('data after the end resets the stream, not the connection', () => {
  const hand = new ByHand()
  hand.send(frame(1, SYN | FIN, 1, 0), dataFrame(1, Uint8Array.of(1)))
  assert.deepEqual(
    hand.take().map(({ flags, streamId }) => [flags, streamId]),
    [[RST, 1]],
  )
  assert.equal(hand.muxer.status, 'open')
})

test('data of a stream that we reset is passed over, and the next frame is understood', () => {
  const hand = new ByHand()
  hand.send(frame(1, SYN, 1, 0))
  hand.accepted[0]?.abort(new Error('no'))
  hand.send(dataFrame(1, new Uint8Array(1000)), frame(1, SYN, 3, 0))
  assert.equal(hand.accepted.length, 2)
})

test('streams past the bound, and past the backlog, are reset', () => {
  const bound = new ByHand({ maxInboundStreams: 2 })
  const backlog = new ByHand({ ackBacklog: 2 })
  for (const hand of [bound, backlog]) {
    hand.send(frame(1, SYN, 1, 0), frame(1, SYN, 3, 0), frame(1, SYN, 5, 0))
    assert.deepEqual(
      hand.take().map(({ flags, streamId }) => [flags, streamId]),
      [[RST, 5]],
    )
    assert.equal(hand.muxer.streams.length, 2)
  }
  backlog.accepted[0]?.send(Uint8Array.of(1))
  backlog.send(frame(1, SYN, 7, 0))
  assert.equal(backlog.muxer.streams.length, 3)
  bound.send(frame(1, RST, 1, 0), frame(1, SYN, 7, 0))
  assert.equal(bound.muxer.streams.length, 2)
})

test('streams that are opened and reset as fast as possible end the connection', () => {
  const hand = new ByHand()
  for (let n = 0; n < MAX_NEW_STREAMS_PER_SECOND; n++)
    hand.send(frame(1, SYN, 2 * n + 1, 0), frame(1, RST, 2 * n + 1, 0))
  hand.clock.advance(1000)
  for (let n = 0; n < 100_000 && hand.muxer.status === 'open'; n++) {
    hand.send(frame(1, SYN, 100_001 + 2 * n, 0), frame(1, RST, 100_001 + 2 * n, 0))
  }
  assert.equal(hand.accepted.length, 2 * MAX_NEW_STREAMS_PER_SECOND)
  const told = hand.take().at(-1)
  assert.deepEqual(told && [told.type, told.length], [3, 1])
  assert.equal(hand.muxer.status, 'closed')
})

test('we open no more streams than the other side answers', async () => {
  const hand = new ByHand({ ackBacklog: 2, maxOutboundStreams: 3 })
  await hand.muxer.createStream()
  const second = await hand.muxer.createStream()
  await assert.rejects(hand.muxer.createStream(), { name: 'TooManyOutboundProtocolStreamsError' })
  second.announce()
  hand.send(frame(1, ACK, Number(second.id), 0))
  await hand.muxer.createStream()
  hand.send(frame(1, ACK, 2, 0))
  await assert.rejects(hand.muxer.createStream(), { name: 'TooManyOutboundProtocolStreamsError' })
})

test('of streams that nobody reads, no more is held than the bound: the one that exceeds it is reset', () => {
  const hand = new ByHand({ maxUnreadBytes: 2 * WINDOW })
  for (const id of [1, 3, 5]) hand.send(dataFrame(id, new Uint8Array(WINDOW), SYN))
  assert.deepEqual(
    hand.accepted.map(({ status }) => status),
    ['open', 'open', 'aborted'],
  )
  const held = hand.accepted.map(({ readBufferLength }) => readBufferLength)
  assert.deepEqual(held, [WINDOW, WINDOW, 0])
  // What is gone counts no more.
  hand.accepted[0]?.abort(new Error('enough'))
  hand.send(dataFrame(7, new Uint8Array(WINDOW), SYN))
  assert.equal(hand.accepted.at(-1)?.status, 'open')
})

test('a peer that asks for answers and reads none is cut off', () => {
  const hand = new ByHand({}, 1)
  for (let n = 0; n < 1100 && hand.muxer.status === 'open'; n++) hand.send(frame(2, SYN, 0, n))
  assert.equal(hand.muxer.status, 'closed')
  assert.ok(hand.take().length < 1100)
})

test('a peer that reads its answers may ask for many', () => {
  const hand = new ByHand({}, 1)
  for (let n = 0; n < 5000; n++) {
    hand.send(frame(2, SYN, 0, n))
    if (n % 100 === 0) hand.end.deliver()
  }
  assert.equal(hand.muxer.status, 'open')
})

test('what a stream may not send any more is bounded', () => {
  const hand = new ByHand()
  hand.send(frame(1, SYN, 1, 0))
  const [stream] = hand.accepted
  assert.ok(stream !== undefined)
  stream.maxWriteBufferLength = 1000
  assert.equal(stream.send(new Uint8Array(WINDOW)), false)
  assert.equal(stream.status, 'open')
  stream.send(new Uint8Array(1001))
  assert.equal(stream.status, 'aborted')
})

test('garbage closes the session and does nothing else', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.nat(15), fc.nat(9), fc.nat(300_000))
      .map(([type, flags, id, length]) => frame(type, flags, id, length)),
    fc.tuple(fc.nat(15), fc.nat(9), fc.uint8Array()).map(([flags, id, data]) => dataFrame(id, data, flags)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const hand = new ByHand()
      hand.muxer.addEventListener('stream', ({ detail }) => {
        new Reader(detail)
      })
      for (const bytes of pieces) hand.send(bytes)
      for (const stream of hand.accepted) assert.ok(stream.readBufferLength <= WINDOW)
      if (hand.muxer.status === 'closed') assert.equal(hand.muxer.streams.length, 0)
    }),
    { numRuns: 500 },
  )
})
