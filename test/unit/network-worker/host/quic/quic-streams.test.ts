/** What a peer does that no library does, or that no test can bring about in time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NativeStream } from '../../../../../src/network-worker/host/quic/native-quic.ts'
import type { QuicStream } from '../../../../../src/network-worker/host/quic/quic-stream.ts'
import { MAX_NEW_STREAMS_PER_SECOND } from '../../../../../src/network-worker/host/streams/new-stream-rate.ts'
import { openOne, ScriptedStream, scriptedMuxer } from './scripted-quic.ts'

const MAX_UNREAD_BYTES = 16 * 1024 * 1024
const LONG_READ_BYTES = 65_536
const SHORT_READ_BYTES = 4096
const STREAMS = 256
const WRITE_BYTES = 256 * 1024
/** Whole writes that may be held for streams that have ended. */
const MAX_STUCK = 16

/** Brings bytes as long as somebody asks for them. */
async function flood(native: ScriptedStream): Promise<number> {
  let sentBytes = 0
  for (let answered = 0; answered < native.reads.length; answered++) {
    const bytes = native.reads[answered] ?? 0
    native.brings(new Uint8Array(bytes))
    sentBytes += bytes
    await nextTurn()
  }
  return sentBytes
}

test('no muxer is made of a connection that has ended, for the library would accept streams of it for ever', () => {
  const scripted = scriptedMuxer(async () => new ScriptedStream())
  scripted.end.abort(new Error('it never was much'))
  assert.throws(() => scripted.build(), { name: 'MuxerClosedError' })
  assert.equal(scripted.made(), 0)
})

test('streams that a peer does not let us open count as long as they wait', async () => {
  const waiting: PromiseWithResolvers<NativeStream>[] = []
  const muxer = scriptedMuxer(() => {
    const opening = Promise.withResolvers<NativeStream>()
    waiting.push(opening)
    return opening.promise
  }, 2).build()
  const tooMany = { name: 'TooManyOutboundProtocolStreamsError' }
  for (let n = 0; n < 2; n++) {
    await assert.rejects(muxer.createStream({ signal: AbortSignal.timeout(1) }), { name: 'TimeoutError' })
  }
  await assert.rejects(muxer.createStream(), tooMany)
  const late = new ScriptedStream()
  waiting[0]?.resolve(late)
  waiting[1]?.reject(new Error('no'))
  await nextTurn()
  assert.deepEqual(late.asked, ['reset', 'stop'])
  const opened = [muxer.createStream(), muxer.createStream()]
  await assert.rejects(muxer.createStream(), tooMany)
  for (const opening of waiting.slice(2)) opening.resolve(new ScriptedStream())
  assert.equal((await Promise.all(opened)).length, 2)
})

test('streams that are opened faster than anybody needs end the connection', () => {
  const scripted = scriptedMuxer(async () => new ScriptedStream())
  const muxer = scripted.build()
  // In the same second, or in two of them on a machine that is busy.
  for (let n = 0; n < MAX_NEW_STREAMS_PER_SECOND; n++) scripted.accept(new ScriptedStream())
  assert.equal(muxer.status, 'open')
  for (let n = 0; n < MAX_NEW_STREAMS_PER_SECOND + 1; n++) scripted.accept(new ScriptedStream())
  assert.deepEqual([muxer.status, scripted.end.status], ['closed', 'aborted'])
  assert.equal(muxer.streams.length, 0)
})

test('streams that were aborted count as long as QUIC holds what the peer does not take', async () => {
  const natives: ScriptedStream[] = []
  const muxer = scriptedMuxer(async () => {
    const native = new ScriptedStream()
    natives.push(native)
    return native
  }, 3).build()
  for (let n = 0; n < 3; n++) {
    const stream = await muxer.createStream()
    if (n < 2) stream.send(new Uint8Array(256 * 1024))
    stream.abort(new Error('it reads nothing'))
  }
  assert.equal(muxer.streams.length, 0)
  await nextTurn()
  await muxer.createStream()
  await assert.rejects(muxer.createStream(), { name: 'TooManyOutboundProtocolStreamsError' })
  natives[0]?.takes()
  await nextTurn()
  await muxer.createStream()
})

/** A muxer with streams of which QUIC takes nothing; each has a whole write under way. */
async function stuck(count: number) {
  const natives: ScriptedStream[] = []
  const scripted = scriptedMuxer(async () => {
    const native = new ScriptedStream()
    natives.push(native)
    return native
  }, STREAMS)
  const muxer = scripted.build()
  const streams: QuicStream[] = []
  for (let n = 0; n < count; n++) {
    const stream = await muxer.createStream()
    stream.send(new Uint8Array(2 * WRITE_BYTES))
    streams.push(stream)
  }
  return { scripted, muxer, streams, natives }
}

test('what is held for streams that have ended is bounded: past it the connection ends', async () => {
  const { scripted, muxer, streams } = await stuck(MAX_STUCK + 2)
  for (const stream of streams.slice(0, MAX_STUCK)) stream.abort(new Error('it reads nothing'))
  assert.deepEqual([muxer.status, scripted.end.status], ['open', 'open'])
  streams[MAX_STUCK]?.abort(new Error('it reads nothing'))
  assert.deepEqual([muxer.status, scripted.end.status], ['closed', 'aborted'])
  assert.equal(streams.at(-1)?.status, 'closed', 'the others end with the connection')
  assert.equal(muxer.streams.length, 0)
})

test('what a slow peer takes in the end is not held against it', async () => {
  const { scripted, muxer, streams, natives } = await stuck(3 * MAX_STUCK)
  for (const [n, stream] of streams.entries()) {
    stream.abort(new Error('too slow'))
    if (n >= MAX_STUCK - 1) natives[n - MAX_STUCK + 1]?.takes()
    await nextTurn()
  }
  assert.deepEqual([muxer.status, scripted.end.status], ['open', 'open'])
})

test('streams that end with their connection hold nothing', async () => {
  const { scripted, muxer, streams } = await stuck(2 * MAX_STUCK)
  const aborts: Error[] = []
  scripted.end.abort = (error) => {
    aborts.push(error)
  }
  await muxer.close({ signal: AbortSignal.timeout(1) })
  assert.ok(streams.every(({ status }) => status === 'closed'))
  assert.deepEqual(aborts, [])
})

test('a peer that fills all its streams is bounded, and each is read on by its own reader', async () => {
  const scripted = scriptedMuxer(async () => new ScriptedStream())
  const muxer = scripted.build()
  const streams: QuicStream[] = []
  muxer.addEventListener('stream', ({ detail }) => {
    streams.push(detail)
  })
  const natives = Array.from({ length: STREAMS }, () => new ScriptedStream())
  for (const native of natives) {
    scripted.accept(native)
    await flood(native)
  }
  const held = streams.reduce((sum, { readBufferLength }) => sum + readBufferLength, 0)
  assert.ok(held <= MAX_UNREAD_BYTES + LONG_READ_BYTES + STREAMS * SHORT_READ_BYTES, `${held} bytes wait`)
  assert.ok(held > MAX_UNREAD_BYTES / 2)
  // The last one came when nothing was left: a little of it was read nevertheless, and now the rest is.
  const [stream, native] = [streams.at(-1), natives.at(-1)]
  assert.ok(stream !== undefined && native !== undefined && stream.readBufferLength > 0)
  let got = 0
  stream.addEventListener('message', ({ data }) => {
    got += data.byteLength
  })
  const before = native.reads.length
  await nextTurn()
  assert.equal(stream.readBufferLength, 0)
  assert.equal(native.reads.length, before + 1)
  native.brings(new Uint8Array(100))
  await nextTurn()
  assert.equal(got, SHORT_READ_BYTES + 100)
})

test('streams that were reset, aborted or closed for reading give back what they held', async () => {
  const scripted = scriptedMuxer(async () => new ScriptedStream())
  const muxer = scripted.build()
  const streams: QuicStream[] = []
  muxer.addEventListener('stream', ({ detail }) => {
    streams.push(detail)
  })
  const fill = async (): Promise<number> => {
    const native = new ScriptedStream()
    scripted.accept(native)
    return await flood(native)
  }
  const alone = await fill()
  for (let n = 1; n < STREAMS; n++) await fill()
  assert.ok((await fill()) < alone)
  for (const [n, stream] of streams.entries()) {
    if (n % 2 === 0) stream.abort(new Error('enough'))
    else await stream.closeRead()
  }
  await nextTurn()
  assert.equal(await fill(), alone)
})

test('a reset by the other side does not let our half end as if all of it had been sent', async () => {
  const [stream, native] = await openOne()
  stream.send(new Uint8Array(1000))
  native.breaks('stream reset by peer: error 0')
  await nextTurn()
  assert.equal(stream.status, 'reset')
  assert.deepEqual(native.asked, ['reset'])
})

test('who begins to wait for a stream that has ended is told so', async () => {
  const [stream] = await openOne()
  assert.equal(stream.send(new Uint8Array(1024 * 1024)), false)
  stream.abort(new Error('enough'))
  await assert.rejects(stream.onDrain({ signal: AbortSignal.timeout(500) }), { name: 'StreamStateError' })
})
