/** The way in lends bytes, whose places are used again at once: what is kept at its end must never change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { InboundFrames } from '../../../src/network-worker/gossip/wire/inbound-frames.ts'
import { prefixWithLength } from '../../../src/network-worker/gossip/wire/length-prefix.ts'
import { YamuxMuxer } from '../../../src/network-worker/host/yamux/yamux-muxer.ts'
import type { YamuxStream } from '../../../src/network-worker/host/yamux/yamux-stream.ts'
import { until } from '../../support/until.ts'
import { securedPair } from './noise-scene.ts'

/** Short ones that share a segment, long ones that come in pieces, and lengths around those of frames and rooms. */
const LENGTHS = [1, 20, 240, 240, 240, 1500, 4095, 4097, 9000, 65_502, 65_507, 65_519, 68_000, 131_072, 300_000]
const ROUNDS = 12

function message(round: number, at: number): Uint8Array {
  const length = LENGTHS[(at * 7 + round) % LENGTHS.length] ?? 0
  return new Uint8Array(length).fill(round * LENGTHS.length + at + 1)
}

/** Two streams of one connection of ours, over TCP. */
async function twoStreams(scene: AsyncDisposableStack) {
  const pair = scene.use(await securedPair())
  const client = new YamuxMuxer(pair.near)
  const server = new YamuxMuxer(pair.far)
  const accepted: YamuxStream[] = []
  server.addEventListener('stream', ({ detail }) => {
    accepted.push(detail)
  })
  const outs = [await client.createStream(), await client.createStream()]
  await until('both', () => accepted.length === 2)
  const ins = outs.map(({ id }) => accepted.find((stream) => stream.id === id))
  return { outs, ins }
}

/** How a stream's end keeps what came, and what of it is there now. */
const KEEPERS: Record<string, (stream: YamuxStream) => () => Buffer> = {
  'frames of gossip': (stream) => {
    const kept: Uint8Array[] = []
    new InboundFrames(stream as Stream, {
      maxBytes: 1_000_000,
      nowMs: () => 0,
      onFrame: (frame) => void kept.push(frame),
      onError: (error) => assert.ifError(error),
    })
    return () => Buffer.concat(kept.map(prefixWithLength))
  },
  'events of a stream': (stream) => {
    const kept: Uint8Array[] = []
    stream.addEventListener('message', ({ data }) => {
      kept.push(...(data instanceof Uint8Array ? [data] : data))
    })
    return () => Buffer.concat(kept)
  },
  'what waits, of a stream that is read later': (stream) => {
    const kept: Uint8Array[] = []
    stream.pause()
    stream.addEventListener('message', ({ data }) => {
      kept.push(...(data instanceof Uint8Array ? [data] : data))
    })
    const resumed = setInterval(() => {
      if (stream.status !== 'open') clearInterval(resumed)
      else if (stream.readStatus === 'paused') stream.resume()
      else stream.pause()
    }, 5)
    resumed.unref()
    return () => Buffer.concat(kept)
  },
}

for (const [how, keep] of Object.entries(KEEPERS)) {
  test(`nothing that is kept is overwritten: ${how}`, { timeout: 60_000 }, async () => {
    await using scene = new AsyncDisposableStack()
    const sent: Uint8Array[][] = [[], [], [], []]
    const links = await Promise.all([twoStreams(scene), twoStreams(scene)])
    const outs = links.flatMap((link) => link.outs)
    const kept = links.flatMap(({ ins }) => ins.map((stream) => stream && keep(stream)))
    for (let round = 0; round < ROUNDS; round++) {
      for (const [at, out] of outs.entries()) {
        for (let i = 0; i < LENGTHS.length; i++) {
          const bytes = prefixWithLength(message(round + at, i))
          sent[at]?.push(bytes)
          out.send(bytes)
        }
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const [at, bytes] of kept.entries()) {
      const all = Buffer.concat(sent[at] ?? [])
      await until('all of it', () => bytes?.().length === all.length, 30_000)
      assert.ok(bytes?.().equals(all), `stream ${at}`)
    }
  })
}
