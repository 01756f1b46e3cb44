/** How streams and sessions begin and end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YamuxMuxer } from '../../../../../src/network-worker/host/yamux/yamux-muxer.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'
import { ACK, dataFrame, FIN, frame, RST, SYN } from './frames.ts'
import { ByHand, MuxerPair, Reader } from './muxer-pair.ts'

test('a stream is opened by its first data, and accepted by the first answer', async () => {
  const pair = new MuxerPair()
  await pair.settle()
  const near = await pair.client.createStream()
  near.send(Uint8Array.of(1, 2))
  const [piece] = pair.clientEnd.waiting
  assert.deepEqual(piece && [...piece], [...dataFrame(1, Uint8Array.of(1, 2), SYN)])
  await pair.settle()
  const [far] = pair.accepted
  far?.send(Uint8Array.of(3))
  const [answer] = pair.serverEnd.waiting
  assert.deepEqual(answer && [...answer], [...dataFrame(1, Uint8Array.of(3), ACK)])
})

test('a stream on which nothing is written is opened all the same; ids are odd here and even there', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  assert.deepEqual([near.id, near.direction, far.id, far.direction], ['1', 'outbound', '1', 'inbound'])
  assert.equal((await pair.server.createStream()).id, '2')
  assert.equal((await pair.client.createStream()).id, '3')
})

test('a reset ends both sides at once, with what waits thrown away', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  const [nearEvents, farEvents] = [new Reader(near), new Reader(far)]
  far.pause()
  near.send(new Uint8Array(500_000))
  await pair.settle()
  const closing = assert.rejects(near.close(), /enough/)
  near.abort(new Error('enough'))
  await closing
  assert.deepEqual([near.status, near.writeBufferLength], ['aborted', 0])
  await pair.settle()
  assert.equal(far.status, 'reset')
  assert.throws(() => far.send(Uint8Array.of(1)), /closed/)
  assert.ok(nearEvents.events.includes('close') && farEvents.events.includes('close'))
  assert.deepEqual([pair.client.streams, pair.server.streams], [[], []])
})

test('a stream that is aborted before a frame of it was sent leaves no trace', async () => {
  const pair = new MuxerPair()
  await pair.settle()
  const near = await pair.client.createStream()
  near.abort(new Error('never mind'))
  await pair.settle()
  assert.deepEqual(pair.accepted, [])
})

test('closing waits no longer than its signal', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  far.pause()
  near.send(new Uint8Array(500_000))
  await assert.rejects(near.close({ signal: AbortSignal.timeout(10) }), /timeout/i)
  near.abort(new Error('too slow'))
  assert.equal(near.status, 'aborted')
})

test('a session closes its streams, says goodbye, and takes no new ones', async () => {
  const hand = new ByHand()
  hand.send(dataFrame(1, Uint8Array.of(1), SYN))
  await hand.muxer.close()
  assert.deepEqual(
    hand.take().map(({ type, flags, length }) => [type, flags, length]),
    [
      [1, ACK | FIN, 0],
      [3, 0, 0],
    ],
  )
  await assert.rejects(hand.muxer.createStream(), { name: 'MuxerClosedError' })
  hand.send(frame(1, SYN, 3, 0))
  assert.deepEqual(
    hand.take().map(({ flags, streamId }) => [flags, streamId]),
    [[RST, 3]],
  )
})

test('when the other side says goodbye no stream is opened, and those there are go on', async () => {
  const hand = new ByHand()
  hand.send(dataFrame(1, Uint8Array.of(1), SYN), frame(3, 0, 0, 0))
  await assert.rejects(hand.muxer.createStream(), { name: 'MuxerClosedError' })
  const [stream] = hand.accepted
  assert.ok(stream !== undefined)
  const reader = new Reader(stream)
  hand.send(dataFrame(1, Uint8Array.of(2), FIN))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([...reader.bytes], [1, 2])
  await stream.close()
  assert.equal(stream.status, 'closed')
})

test('a connection that ends ends its streams, and what came can still be read', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  near.send(Uint8Array.of(1, 2))
  await pair.settle()
  await pair.clientEnd.close()
  assert.deepEqual([near.status, far.status, pair.server.status], ['closed', 'closed', 'closed'])
  const reader = new Reader(far)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([...reader.bytes], [1, 2])
  await assert.rejects(pair.client.createStream(), { name: 'MuxerClosedError' })
})

test('streams that come before anybody listens are told of in order, with their data', async () => {
  const [, end] = WireEnd.pair()
  const muxer = new YamuxMuxer(end, {}, new FakeClock())
  end.deliverHere(Buffer.concat([dataFrame(1, Buffer.from('one'), SYN), dataFrame(3, Buffer.from('three'), SYN | FIN)]))
  const readers: Reader[] = []
  muxer.addEventListener('stream', ({ detail }) => {
    readers.push(new Reader(detail))
  })
  end.deliverHere(dataFrame(5, Buffer.from('five'), SYN))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    readers.map(({ bytes }) => bytes.toString()),
    ['one', 'three', 'five'],
  )
})

test('the round trip is measured at the start and then now and then, one ping at a time', async () => {
  const pair = new MuxerPair({ pingIntervalMs: 1000 })
  pair.clock.advance(30)
  await pair.settle()
  assert.deepEqual([pair.client.rttMs, pair.server.rttMs], [30, 30])
  pair.clock.advance(1000)
  pair.clock.advance(70)
  await pair.settle()
  assert.deepEqual([pair.client.rttMs, pair.server.rttMs], [100, 100])
  await pair.client.close()
  await pair.server.close()
  assert.equal(pair.clock.pending, 0)
})

test('an answer to a ping that nobody asked for, or to another, is nothing', () => {
  const hand = new ByHand()
  hand.send(frame(2, ACK, 0, 77))
  assert.equal(hand.muxer.rttMs, 0)
  assert.equal(hand.muxer.status, 'open')
})

test('who begins to wait for a stream that has ended is told so', async () => {
  const pair = new MuxerPair()
  const [near] = await pair.open()
  assert.equal(near.send(new Uint8Array(1024 * 1024)), false)
  near.abort(new Error('enough'))
  await assert.rejects(near.onDrain({ signal: AbortSignal.timeout(500) }), { name: 'StreamStateError' })
})
