import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YamuxMuxer } from '../../../../../src/network-worker/host/yamux/yamux-muxer.ts'
import type { YamuxStream } from '../../../../../src/network-worker/host/yamux/yamux-stream.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'
import { dataFrame, frame, RST, SYN } from '../yamux/frames.ts'

const FEW_STREAMS = 64

function openMuxer(): {
  readonly clock: FakeClock
  readonly end: WireEnd
  readonly muxer: YamuxMuxer
  readonly told: YamuxStream[]
} {
  const [, end] = WireEnd.pair()
  const clock = new FakeClock()
  return { clock, end, muxer: new YamuxMuxer(end, {}, clock), told: [] }
}

async function listen({ muxer, told }: ReturnType<typeof openMuxer>): Promise<void> {
  muxer.addEventListener('stream', ({ detail }) => {
    told.push(detail)
  })
  await new Promise((resolve) => setImmediate(resolve))
}

test('of streams that were opened and reset before anybody listened, a few are kept with what came on them', async () => {
  const opened = openMuxer()
  const bytes = new Uint8Array(1000)
  const lives = [1, 2001, 5999]
  for (let id = 1; id < 6000; id += 2) {
    opened.clock.advance(2) // a peer may open one each 2 ms
    opened.end.deliverHere(dataFrame(id, bytes, SYN))
    if (!lives.includes(id)) opened.end.deliverHere(frame(1, RST, id, 0))
  }
  await listen(opened)
  const open = opened.told.filter(({ status }) => status === 'open')
  assert.deepEqual(
    open.map(({ id }) => Number(id)),
    lives,
    'those that live are told of, in order',
  )
  assert.ok(opened.told.length <= FEW_STREAMS + lives.length, `${opened.told.length} are kept`)
})

test('as many as may be open are told of', async () => {
  const opened = openMuxer()
  for (let id = 1; id <= 2 * 256; id += 2) opened.end.deliverHere(frame(1, SYN, id, 0))
  await listen(opened)
  assert.deepEqual(
    opened.told.map(({ id }) => Number(id)),
    Array.from({ length: 256 }, (_, n) => 2 * n + 1),
  )
})

test('a connection that ends before anybody listens leaves nothing to tell', async () => {
  const opened = openMuxer()
  opened.end.deliverHere(frame(1, SYN, 1, 0))
  opened.end.abort(new Error('gone'))
  await listen(opened)
  assert.deepEqual(opened.told, [])
})
