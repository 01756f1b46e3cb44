/** What our noise holds back for a peer is bounded; a peer that is slow and honest is not to meet that bound. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { mplex } from '@libp2p/mplex'
import { ownYamux } from '../../../src/network-worker/host/yamux/own-yamux.ts'
import { until } from '../../support/until.ts'
import { securedPair } from './noise-scene.ts'

const MUXERS: Readonly<Record<string, StreamMuxerFactory>> = { mplex: mplex()(), yamux: ownYamux()() }
/** As gossip's outbox, four times as much: so much is handed to a stream, and each time it drains again. */
const WATERMARK_BYTES = 1024 * 1024
const MESSAGE_BYTES = 200_000
/** More than the system holds of a connection over loopback. */
const BUSY_BYTES = 12 * WATERMARK_BYTES
const LONGEST_BYTES = 10 * 1024 * 1024

/** A stream that always has something to send: `bytes` in all. */
async function busyStream(muxer: StreamMuxer, bytes: number): Promise<Stream> {
  const stream = await muxer.createStream()
  let left = bytes
  const fill = (): void => {
    while (left > 0 && stream.writeBufferLength < WATERMARK_BYTES) {
      const length = Math.min(left, MESSAGE_BYTES)
      left -= length
      stream.send(new Uint8Array(length))
    }
  }
  stream.addEventListener('drain', fill)
  // Libp2p's streams say 'drain' before they send what waits, and nothing after it when all of it went. As the outbox,
  // which looks again at each heartbeat.
  stream.addEventListener('idle', () => setTimeout(fill, 10))
  fill()
  return stream
}

for (const [name, muxer] of Object.entries(MUXERS)) {
  test(`over ${name} a peer that reads late gets the longest message beside all others`, async () => {
    await using pair = await securedPair()
    const [near, far] = [muxer.createStreamMuxer(pair.near), muxer.createStreamMuxer(pair.far)]
    let received = 0
    far.addEventListener('stream', ({ detail }) => {
      detail.addEventListener('message', ({ data }) => {
        received += data.byteLength
      })
    })
    pair.far.pause()
    await busyStream(near, BUSY_BYTES)
    const single = await near.createStream()
    single.send(new Uint8Array(LONGEST_BYTES))
    for (const _ of ['the watermark', 'the next message, and the longest behind it']) {
      // As if the peer had taken just what the socket held.
      pair.raw.dialled.dispatchEvent(new Event('drain'))
      await Promise.resolve()
    }
    pair.far.resume()
    await until('all', () => received === BUSY_BYTES + LONGEST_BYTES || pair.near.status !== 'open')
    assert.equal(pair.near.status, 'open')
  })
}

test('many pieces of next to nothing are as much as few long ones: each costs memory of its own', async () => {
  await using pair = await securedPair()
  pair.far.pause()
  while (!pair.near.writableNeedsDrain) {
    pair.near.send(new Uint8Array(MESSAGE_BYTES))
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let sent = 0; sent < 60_000; sent++) pair.near.send(Uint8Array.of(1))
  assert.equal(pair.near.status, 'open')
  for (let sent = 0; sent < 10_000 && pair.near.status === 'open'; sent++) pair.near.send(Uint8Array.of(1))
  assert.equal(pair.near.status, 'aborted')
})
