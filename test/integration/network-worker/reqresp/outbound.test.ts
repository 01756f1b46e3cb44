import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { encodeErrorResponse, encodeResponse } from '../../../../src/network-worker/reqresp/codec/framing.ts'
import { encodeStatus } from '../../../../src/network-worker/reqresp/codec/status-codec.ts'
import { systemClock } from '../../../../src/shared/clock.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'
import { against, answering } from './asked-peer.ts'
import { bareNode, connect, openStreams, peer, TRANSPORTS } from './nodes.ts'

const PONG = encodeResponse(0, new Uint8Array(8).fill(7))

for (const transport of TRANSPORTS) {
  test(`${transport}: an answer in single bytes is put together`, async () => {
    const bytewise = answering(...[...PONG].map((byte) => Uint8Array.of(byte)))
    await against(transport, 'ping/1', bytewise, systemClock, async ({ us, them }) => {
      assert.equal((await us.reqresp.ping(them)).seqNumber, 0x0707070707070707n)
    })
  })

  for (const [what, answer, expected] of [
    ['random bytes', Buffer.from('00ffffffffffff', 'hex'), { kind: 'bad_response' }],
    ['the wrong length', encodeResponse(0, new Uint8Array(9)), { kind: 'bad_response' }],
    ['an oversized length', Uint8Array.of(0, 0xff, 0xff, 0xff, 0x7f), { kind: 'bad_response' }],
    ['a reserved frame', Uint8Array.of(0, 8, 2, 4, 0, 0, 1, 2, 3, 4), { kind: 'bad_response' }],
    ['bytes after the answer', Buffer.concat([PONG, PONG]), { kind: 'bad_response' }],
    ['a truncated answer', PONG.subarray(0, 12), { kind: 'incomplete' }],
    ['no byte', new Uint8Array(0), { kind: 'incomplete' }],
    ['server error', encodeErrorResponse(2, 'no'), { kind: 'error_response', resultCode: 2 }],
    ['rate limited', encodeErrorResponse(139, ''), { kind: 'error_response', resultCode: 139 }],
    ['a bare result byte', Uint8Array.of(3), { kind: 'error_response', resultCode: 3 }],
    ['an unknown result', encodeErrorResponse(77, 'x'), { kind: 'error_response', resultCode: 77 }],
    ['an endless error text', encodeResponse(1, new Uint8Array(257)), { kind: 'bad_response' }],
  ] as const) {
    test(`${transport}: ${what} is ${expected.kind}`, async () => {
      await against(transport, 'ping/1', answering(answer), systemClock, async ({ us, them }) => {
        await assert.rejects(us.reqresp.ping(them), { request: 'ping', ...expected })
      })
    })
  }

  test(`${transport}: syncnets bits that do not exist are a bad response`, async () => {
    const ssz = new Uint8Array(25)
    ssz[16] = 0xf0
    await against(transport, 'metadata/3', answering(encodeResponse(0, ssz)), systemClock, async ({ us, them }) => {
      await assert.rejects(us.reqresp.metadata(them), { kind: 'bad_response', request: 'metadata' })
    })
  })

  test(`${transport}: the versions of an old peer are found and asked for`, async () => {
    const status = { headSlot: 5, finalizedEpoch: 0, earliestAvailableSlot: undefined, forkDigestHex: '8c9f62fe' }
    const roots = { finalizedRootHex: '00'.repeat(32), headRootHex: 'ab'.repeat(32) }
    const v1 = answering(encodeResponse(0, encodeStatus({ ...status, ...roots }, 1)))
    await against(transport, 'status/1', v1, systemClock, async ({ us, them }) => {
      assert.deepEqual(await us.reqresp.status(them), { ...status, ...roots })
    })
    for (const [version, bytes] of [
      [1, 16],
      [2, 17],
    ] as const) {
      const serve = answering(encodeResponse(0, new Uint8Array(bytes)))
      await against(transport, `metadata/${version}`, serve, systemClock, async ({ us, them }) => {
        const { syncnets, custodyGroupCount } = await us.reqresp.metadata(them)
        assert.equal(custodyGroupCount, undefined)
        assert.equal(syncnets === undefined, version === 1)
      })
    }
  })

  test(`${transport}: silence is a timeout after 5 s`, async () => {
    const clock = new FakeClock()
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    await against(
      transport,
      'ping/1',
      () => resolve(),
      clock,
      async ({ us, them }) => {
        const failing = assert.rejects(us.reqresp.ping(them), { kind: 'timeout' })
        await asked
        // First byte and whole answer.
        await until('the response timers', () => clock.pending === 2)
        clock.advance(5_000)
        await failing
      },
    )
  })

  test(`${transport}: an answer that trickles is a timeout after 10 s`, async () => {
    const clock = new FakeClock()
    const { promise: go, resolve } = Promise.withResolvers<void>()
    const half = (stream: Stream) => go.then(() => void stream.send(PONG.subarray(0, 6)))
    await against(transport, 'ping/1', half, clock, async ({ us, them }) => {
      const failing = assert.rejects(us.reqresp.ping(them), { kind: 'timeout' })
      await until('the request sent', () => openStreams(us.node).some(({ writeStatus }) => writeStatus === 'closed'))
      assert.equal(clock.pending, 2)
      resolve()
      await until('the first byte', () => clock.pending === 1)
      clock.advance(9_999)
      clock.advance(1)
      await failing
    })
  })

  test(`${transport}: a peer that answers and never closes loses the stream after 5 s`, async () => {
    const clock = new FakeClock()
    const open = async (stream: Stream) => void stream.send(PONG)
    await against(transport, 'ping/1', open, clock, async ({ us, them }) => {
      await us.reqresp.ping(them)
      assert.equal(openStreams(us.node).length, 1)
      clock.advance(5_000)
    })
  })

  test(`${transport}: a goodbye to a peer that never reacts takes one second`, async () => {
    const clock = new FakeClock()
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    await against(
      transport,
      'goodbye/1',
      () => resolve(),
      clock,
      async ({ us, them }) => {
        const leaving = us.reqresp.goodbye(them, 1)
        await asked
        await until('the response timers and our own', () => clock.pending === 3)
        clock.advance(999)
        assert.equal(
          await Promise.race([leaving.then(() => 'over'), new Promise((done) => setImmediate(done, 'on'))]),
          'on',
        )
        clock.advance(1)
        await leaving
        clock.advance(10_000)
      },
    )
  })
}

test('a peer that never agrees on a protocol is a negotiation timeout after 10 s', async () => {
  const clock = new FakeClock()
  await using us = await peer('tcp+yamux', undefined, clock)
  const bare = await bareNode('tcp+yamux')
  try {
    const connection = await connect(us.node, bare)
    connection.newStream = () => new Promise(() => undefined)
    const failing = assert.rejects(us.reqresp.ping(bare.peerId.toString()), { kind: 'negotiation_timeout' })
    assert.equal(clock.pending, 1)
    clock.advance(10_000)
    await failing
    assert.equal(clock.pending, 0)
  } finally {
    await bare.stop()
  }
})
