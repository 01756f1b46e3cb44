/** What a connection sends while it is silent, so that TCP does not take back its windows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIRST_FLIGHT_BYTES } from '../../../../../src/network-worker/host/congestion/grown-window.ts'
import { QUIET_MS, WindowUpkeep } from '../../../../../src/network-worker/host/congestion/window-upkeep.ts'
import { YamuxMuxer } from '../../../../../src/network-worker/host/yamux/yamux-muxer.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { settle, WireEnd } from '../../../../support/memory-wire.ts'
import { ACK, dataFrame, FIN, frame, framesIn, SYN } from './frames.ts'

const PING = 2
const LONG = new Uint8Array(FIRST_FLIGHT_BYTES + 1)

/** A server of ours that keeps its windows; the wire's other end is a test's. */
function kept(capacityBytes?: number) {
  const clock = new FakeClock()
  const upkeep = new WindowUpkeep(clock)
  const [client, server] = WireEnd.pair(capacityBytes)
  const muxer = new YamuxMuxer(server, {}, clock, upkeep)
  server.waiting.length = 0 // the round trip's first ping
  return { clock, upkeep, client, server, muxer, sent: () => framesIn(server.waiting.splice(0)) }
}

test('after something long came a silent connection is pinged, and the answer is taken', () => {
  const { clock, server, muxer, sent, upkeep } = kept()
  server.deliverHere(dataFrame(1, LONG, SYN))
  sent()
  clock.advance(QUIET_MS)
  const [ping, ...others] = sent()
  assert.deepEqual([ping?.type, ping?.flags, ping?.streamId, others], [PING, SYN, 0, []])
  server.deliverHere(frame(PING, ACK, 0, ping?.length ?? 0))
  assert.deepEqual([muxer.status, muxer.rttMs, upkeep.pings], ['open', 0, 1])
})

test('the other side’s muxer answers', async () => {
  const { clock, client, server, upkeep } = kept()
  const other = new YamuxMuxer(client, {}, clock)
  const stream = await other.createStream()
  stream.send(LONG)
  await settle(client, server)
  clock.advance(QUIET_MS)
  await settle(client, server)
  assert.deepEqual([upkeep.pings, other.status], [1, 'open'])
})

test('nothing is sent on a connection that is full: bytes are on their way', async () => {
  const { clock, muxer, sent, upkeep } = kept(20_000)
  const stream = await muxer.createStream()
  stream.send(new Uint8Array(100_000))
  sent()
  clock.advance(2 * QUIET_MS)
  assert.deepEqual([upkeep.pings > 0, sent()], [true, []])
})

for (const [how, end] of [
  ['aborted', async (muxer) => muxer.abort(new Error('enough'))],
  ['closed in good order', (muxer) => muxer.close()],
] as const satisfies readonly [string, (muxer: YamuxMuxer) => Promise<void>][]) {
  test(`a connection that is ${how} is kept no longer, whatever still comes`, async () => {
    const { clock, server, muxer, upkeep } = kept()
    server.deliverHere(dataFrame(1, LONG, SYN | FIN))
    assert.equal(upkeep.kept, 1)
    await end(muxer)
    server.deliverHere(dataFrame(3, LONG, SYN))
    assert.equal(upkeep.kept, 0)
    clock.advance(10 * QUIET_MS)
    assert.equal(upkeep.pings, 0)
  })
}
