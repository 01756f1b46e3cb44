/** Our streams of QUIC with the library's on the other side, each of them dialling; and with themselves. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import fc from 'fast-check'
import { testStreams } from '../../../support/stream-contract.ts'
import { connected, everything, type Layers } from '../../../support/stream-nodes.ts'
import { until } from '../../../support/until.ts'

const PROTOCOL = '/echo/1'
const PAIRS: readonly (readonly [Layers, Layers])[] = [
  ['own QUIC', 'stock QUIC'],
  ['stock QUIC', 'own QUIC'],
  ['own QUIC', 'own QUIC'],
]
/** What a stream reads ahead of its reader, and one read more. */
const MOST_UNREAD_BYTES = (256 + 64) * 1024
/** What the streams of a connection do together, one read more, and a short one of each. */
const MOST_UNREAD_OF_ALL_BYTES = 16 * 1024 * 1024 + 64 * 1024 + 256 * 4096
/** Under way to QUIC at once, and of how many streams that have ended. */
const MOST_WRITTEN_BYTES = 256 * 1024
const MOST_ENDED = 16

async function echo(stream: Stream): Promise<void> {
  stream.send(await everything(stream))
  await stream.close()
}

// The library's never closes a stream on which it was given nothing to send.
for (const pair of PAIRS) testStreams(pair, { leastBytes: 1 })

test('a reset ends one stream, with what it was waiting for, and leaves the others', async () => {
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, (stream) => {
    stream.addEventListener('message', ({ data }) => {
      if (data.subarray()[0] === 0) stream.abort(new Error('not that'))
      else stream.send(data.subarray())
    })
  })
  const [refused, dropped, kept] = [await all.open(), await all.open(), await all.open()]
  const refusal = assert.rejects(everything(refused), { name: 'StreamResetError' })
  refused.send(Uint8Array.of(0))
  await refusal
  dropped.send(randomBytes(1_000_000))
  dropped.abort(new Error('never mind'))
  assert.throws(() => dropped.send(Uint8Array.of(1)), { name: 'StreamStateError' })
  await until('only one stream', () => all.openStreams().length === 2)
  const answer = Promise.withResolvers<Uint8Array>()
  kept.addEventListener('message', ({ data }) => answer.resolve(data.subarray()))
  kept.send(Uint8Array.of(1, 2, 3))
  assert.deepEqual([...(await answer.promise)], [1, 2, 3])
})

test('a reader that pauses for long keeps little, and the sender is told to wait', async () => {
  const { promise, resolve } = Promise.withResolvers<Stream>()
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, (stream) => {
    stream.pause()
    resolve(stream)
  })
  const near = await all.open()
  const sent = randomBytes(24 * 1024 * 1024)
  assert.equal(near.send(sent), false)
  const far = await promise
  await until('it stands still', () => far.readBufferLength > 0 && near.writeBufferLength < sent.length)
  let before = -1
  await until('QUIC takes no more', () => {
    const hasStopped = before === near.writeBufferLength
    before = near.writeBufferLength
    return hasStopped
  })
  assert.ok(far.readBufferLength <= MOST_UNREAD_BYTES, `${far.readBufferLength} bytes wait to be read`)
  assert.ok(near.writeBufferLength > 1024 * 1024, `${near.writeBufferLength} bytes wait to be sent`)
  const got = everything(far)
  far.resume()
  await Promise.all([near.onDrain(), near.close()])
  assert.ok((await got).equals(sent))
})

test('readers that all pause keep little together, and none of them waits for another', async () => {
  const far: Stream[] = []
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, (stream) => {
    stream.pause()
    far.push(stream)
  })
  const sent = randomBytes(300_000)
  const near: Stream[] = []
  for (let n = 0; n < 100; n++) {
    const stream = await all.open()
    stream.send(sent)
    near.push(stream)
  }
  const unread = (): number => far.reduce((sum, { readBufferLength }) => sum + readBufferLength, 0)
  await until('all have come', () => far.length === 100 && far.every(({ readBufferLength }) => readBufferLength > 0))
  let before = -1
  await until('no more is read', () => {
    const hasStopped = before === unread()
    before = unread()
    return hasStopped
  })
  assert.ok(unread() <= MOST_UNREAD_OF_ALL_BYTES, `${unread()} bytes wait to be read`)
  const last = far.at(-1)
  assert.ok(last !== undefined)
  for (const stream of [last, ...far.slice(0, -1)]) {
    const got = everything(stream)
    stream.resume()
    await near[far.indexOf(stream)]?.close()
    assert.ok((await got).equals(sent))
  }
})

test('a connection whose other side takes nothing of sixteen streams that have ended is given up', async () => {
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, (stream) => stream.pause())
  const streams: Stream[] = []
  for (let n = 0; n < 40; n++) streams.push(await all.open())
  const bytes = new Uint8Array(4 * 1024 * 1024)
  for (const stream of streams) stream.send(bytes)
  const waiting = (): number => streams.reduce((sum, { writeBufferLength }) => sum + writeBufferLength, 0)
  let before = -1
  let quietPolls = 0
  await until('QUIC takes no more', () => {
    quietPolls = before === waiting() ? quietPolls + 1 : 0
    before = waiting()
    return quietPolls > 20
  })
  const stuck = streams.filter(({ writeBufferLength }) => writeBufferLength >= MOST_WRITTEN_BYTES)
  assert.ok(stuck.length > MOST_ENDED, `${stuck.length} streams are stuck`)
  for (const stream of stuck.slice(0, MOST_ENDED)) stream.abort(new Error('too slow'))
  assert.equal(all.near.getConnections().length, 1)
  for (const stream of stuck.slice(MOST_ENDED)) stream.abort(new Error('too slow'))
  await until('the connection is gone', () => all.near.getConnections().length === 0)
  await until('at the other side too', () => all.openStreams().length === 0)
})

test('more than may wait to be sent ends the stream, and it alone', async () => {
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, (stream) => stream.pause())
  const [greedy, other] = [await all.open(), await all.open()]
  greedy.maxWriteBufferLength = 1024 * 1024
  assert.equal(greedy.send(new Uint8Array(1024 * 1024 + 1)), false)
  assert.equal(greedy.status, 'aborted')
  assert.equal(other.status, 'open')
})

test('the end of the connection ends its streams on both sides, and whoever waits for one is told', async () => {
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, (stream) => stream.pause())
  const stream = await all.open()
  stream.send(new Uint8Array(24 * 1024 * 1024))
  const [drained, closed] = [stream.onDrain(), stream.close()]
  const told = Promise.all([assert.rejects(drained), assert.rejects(closed)])
  all.near.getConnections()[0]?.abort(new Error('enough'))
  await told
  assert.notEqual(stream.status, 'open')
  await until('no stream is left', () => all.openStreams().length === 0)
})

test('whatever is written, in whatever pieces, comes in order', async () => {
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, echo)
  const pieces = fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(pieces, async (lengths) => {
      const sent = lengths.map((length) => randomBytes(length))
      const stream = await all.open()
      const answer = everything(stream)
      for (const piece of sent) stream.send(piece)
      await stream.close()
      assert.ok((await answer).equals(Buffer.concat(sent)))
    }),
    { numRuns: 30 },
  )
})

test('a connection that is closed waits for what is being sent, and does not tell the end of each stream', async () => {
  const { promise, resolve } = Promise.withResolvers<Stream>()
  await using all = await connected('own QUIC', 'own QUIC', PROTOCOL, resolve)
  const near = await all.open()
  near.send(Uint8Array.of(1))
  const far = await promise
  const told: string[] = []
  for (const type of ['message', 'remoteCloseWrite', 'close'] as const) {
    far.addEventListener(type, ({ type }) => told.push(type))
  }
  await until('the first byte', () => told.includes('message'))
  near.send(new Uint8Array(1_000_000))
  await all.near.getConnections()[0]?.close()
  assert.equal(near.writeBufferLength, 0)
  assert.equal(near.status, 'closed')
  await until('the end', () => told.includes('close'))
  assert.ok(!told.includes('remoteCloseWrite'))
})
