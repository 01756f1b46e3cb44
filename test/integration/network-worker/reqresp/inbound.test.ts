import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Stream } from '@libp2p/interface'
import { encodeRequest } from '../../../../src/network-worker/reqresp/codec/framing.ts'
import { encodeMetadata } from '../../../../src/network-worker/reqresp/codec/metadata-codec.ts'
import { ResponseDecoder } from '../../../../src/network-worker/reqresp/codec/response-decoder.ts'
import { encodeStatus } from '../../../../src/network-worker/reqresp/codec/status-codec.ts'
import type { Clock } from '../../../../src/shared/clock.ts'
import { systemClock } from '../../../../src/shared/clock.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'
import { bareNode, connect, openStreams, type Peer, peer, readAll, TRANSPORTS, type Transport } from './nodes.ts'

const id = (name: string, version = 1) => `/eth2/beacon_chain/req/${name}/${version}/ssz_snappy`
const PING = encodeRequest(new Uint8Array(8))

interface Scene {
  readonly us: Peer
  /** From a node of raw streams to us. */
  readonly connection: Connection
}

async function scene(transport: Transport, clock: Clock, run: (scene: Scene) => Promise<void>): Promise<void> {
  await using us = await peer(transport, undefined, clock)
  const hostile = await bareNode(transport)
  try {
    const connection = await connect(hostile, us.node)
    await run({ us, connection })
    await until('our side of all streams gone', () => openStreams(us.node).length === 0)
    if (clock instanceof FakeClock) await until('all timers gone', () => clock.pending === 0)
  } finally {
    await hostile.stop()
  }
}

function responseOf(bytes: Uint8Array, sszBytes: number) {
  const step = new ResponseDecoder(sszBytes).push(bytes)
  assert.ok(step.status === 'done', `answer is ${step.status}`)
  return step.value
}

async function closed(stream: Stream): Promise<Buffer> {
  const all = readAll(stream)
  const bytes = await all
  await stream.close()
  return bytes
}

for (const transport of TRANSPORTS) {
  test(`${transport}: an answer does not wait for the half-close`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const ping = await connection.newStream(id('ping'))
      ping.send(PING)
      assert.equal(responseOf(await closed(ping), 8).resultCode, 0)
      const metadata = await connection.newStream(id('metadata', 3))
      const ssz = responseOf(await closed(metadata), 25).bytes
      assert.deepEqual(ssz, encodeMetadata(us.local.metadata(), 3))
      assert.deepEqual(
        us.seen.map(({ what }) => what),
        ['ping'],
      )
    })
  })

  test(`${transport}: an answer comes to one that half-closed at once`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const status = await connection.newStream(id('status', 1))
      const reading = readAll(status)
      status.send(encodeRequest(encodeStatus(us.local.status(), 1)))
      await status.close()
      assert.deepEqual(responseOf(await reading, 84).bytes, encodeStatus(us.local.status(), 1))
      for (const [version, bytes] of [
        [1, 16],
        [2, 17],
      ] as const) {
        const metadata = await connection.newStream(id('metadata', version))
        const answer = readAll(metadata)
        await metadata.close()
        assert.deepEqual(responseOf(await answer, bytes).bytes, encodeMetadata(us.local.metadata(), version))
      }
    })
  })

  test(`${transport}: an old peer that speaks only the first versions`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const stream = await connection.newStream(['/eth2/beacon_chain/req/status/9/ssz_snappy', id('status', 1)])
      const reading = readAll(stream)
      stream.send(encodeRequest(encodeStatus(us.local.status(), 1)))
      await stream.close()
      assert.equal(responseOf(await reading, 84).resultCode, 0)
      assert.equal((await us.saw('status')).status.earliestAvailableSlot, undefined)
    })
  })

  for (const [what, bytes, kind] of [
    ['random bytes', Buffer.from('47455420202f20485454502f312e31', 'hex'), 'bad_length'],
    ['an oversized length', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f), 'bad_length'],
    ['a frame that is none', Uint8Array.of(8, 0x13, 0x37, 0, 0, 1, 2, 3), 'bad_frame'],
    ['a damaged checksum', PING.map((byte, i) => (i === PING.length - 9 ? byte ^ 1 : byte)), 'bad_frame'],
    ['bytes after the request', Buffer.concat([PING, Uint8Array.of(1)]), 'trailing_bytes'],
    ['two requests in one', Buffer.concat([PING, PING]), 'trailing_bytes'],
  ] as const) {
    test(`${transport}: ${what}: invalid request, and said so`, async () => {
      await scene(transport, systemClock, async ({ us, connection }) => {
        const stream = await connection.newStream(id('ping'))
        stream.send(bytes)
        assert.equal(responseOf(await closed(stream), 8).resultCode, 1)
        const seen = await us.saw('violation')
        assert.deepEqual([seen.kind, seen.protocol], [kind, id('ping')])
        assert.equal(us.seen.length, 1)
      })
    })
  }

  test(`${transport}: a truncated frame is incomplete`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const stream = await connection.newStream(id('ping'))
      const reading = readAll(stream)
      stream.send(PING.subarray(0, PING.length - 1))
      await stream.close()
      assert.equal(responseOf(await reading, 8).resultCode, 1)
      assert.equal((await us.saw('violation')).kind, 'incomplete')
    })
  })

  test(`${transport}: a sender of one byte now and then is cut off after 10 s`, async () => {
    const clock = new FakeClock()
    await scene(transport, clock, async ({ us, connection }) => {
      const stream = await connection.newStream(id('ping'))
      const { promise: over, resolve } = Promise.withResolvers<void>()
      stream.addEventListener('close', () => resolve())
      stream.addEventListener('remoteCloseWrite', () => resolve())
      stream.send(PING.subarray(0, 1))
      await until('the read timer', () => clock.pending === 1)
      clock.advance(9_999)
      stream.send(PING.subarray(1, 2))
      await new Promise((done) => setTimeout(done, 50))
      assert.equal(us.seen.length, 0)
      clock.advance(1)
      assert.equal((await us.saw('violation')).kind, 'timeout')
      await over
      if (stream.status === 'open') stream.abort(new Error('done'))
    })
  })

  test(`${transport}: an answered peer that never closes loses the stream after 5 s`, async () => {
    const clock = new FakeClock()
    await scene(transport, clock, async ({ us, connection }) => {
      const stream = await connection.newStream(id('ping'))
      stream.send(PING)
      await readAll(stream)
      await until('our half-close', () => openStreams(us.node).some(({ writeStatus }) => writeStatus === 'closed'))
      await until('the linger timer', () => clock.pending === 1)
      clock.advance(5_000)
      await until('reset', () => openStreams(us.node).length === 0)
      assert.deepEqual(
        us.seen.map(({ what }) => what),
        ['ping'],
      )
      if (stream.status === 'open') stream.abort(new Error('done'))
    })
  })

  test(`${transport}: bytes after the answer are reported`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const stream = await connection.newStream(id('metadata', 2))
      await readAll(stream)
      stream.send(new Uint8Array(100))
      assert.equal((await us.saw('violation')).kind, 'trailing_bytes')
      if (stream.status === 'open') stream.abort(new Error('done'))
    })
  })

  test(`${transport}: an announced empty body of a metadata request is tolerated`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const stream = await connection.newStream(id('metadata', 2))
      const reading = readAll(stream)
      stream.send(Uint8Array.of(0))
      await stream.close()
      assert.equal(responseOf(await reading, 17).resultCode, 0)
      await until('closed', () => openStreams(us.node).length === 0)
      assert.equal(us.seen.length, 0)
    })
  })

  test(`${transport}: a ping flood gets two answers, then 139 and a report each`, async () => {
    const clock = new FakeClock()
    await scene(transport, clock, async ({ us, connection }) => {
      const codes: number[] = []
      for (let i = 0; i < 10; i += 1) {
        const stream = await connection.newStream(id('ping'))
        const reading = readAll(stream)
        stream.send(PING)
        await stream.close()
        codes.push(responseOf(await reading, 8).resultCode)
      }
      assert.deepEqual(codes, [0, 0, ...new Array(8).fill(139)])
      const reports = us.seen.filter((entry) => entry.what === 'violation')
      assert.equal(reports.length, 8)
      assert.ok(reports.every(({ kind }) => kind === 'rate_limited'))
      clock.advance(5_000)
      const later = await connection.newStream(id('ping'))
      later.send(PING)
      assert.equal(responseOf(await closed(later), 8).resultCode, 0)
    })
  })

  test(`${transport}: a third unfinished request of a kind is refused`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const idle = [await connection.newStream(id('status')), await connection.newStream(id('status'))]
      for (const stream of idle) stream.send(Uint8Array.of(84))
      await until('two open requests', () => openStreams(us.node).length === 2)
      const third = await connection.newStream(id('status'))
      assert.equal(responseOf(await closed(third), 84).resultCode, 139)
      assert.equal((await us.saw('violation')).kind, 'rate_limited')
      for (const stream of idle) stream.abort(new Error('done'))
    })
  })

  test(`${transport}: the thirty-third stream is reset and reported`, async () => {
    const clock = new FakeClock()
    await scene(transport, clock, async ({ us, connection }) => {
      const streams: Stream[] = []
      for (let i = 0; i < 32; i += 1) streams.push(await connection.newStream(id('ping')))
      // Its reset may come before the answer to its negotiation is read.
      await connection.newStream(id('ping')).then(
        (stream) => streams.push(stream),
        () => undefined,
      )
      await until('report', () =>
        us.seen.some((entry) => entry.what === 'violation' && entry.kind === 'too_many_streams'),
      )
      assert.equal(us.seen.filter((entry) => entry.what === 'violation' && entry.kind === 'too_many_streams').length, 1)
      assert.equal(openStreams(us.node).length, 32)
      for (const stream of streams) stream.abort(new Error('done'))
    })
  })

  test(`${transport}: a goodbye in front of a closing connection is heard`, async () => {
    await scene(transport, systemClock, async ({ us, connection }) => {
      const stream = await connection.newStream(id('goodbye'))
      const reason = new Uint8Array(8)
      reason[0] = 3
      stream.send(encodeRequest(reason))
      await stream.close()
      // QUIC drops what is still on its way when a connection closes, so a peer waits until its goodbye was taken.
      if (transport === 'quic') await until('the end of our side', () => stream.remoteWriteStatus === 'closed')
      await connection.close()
      assert.equal((await us.saw('goodbye')).reason, 3n)
      assert.equal(us.seen.length, 1)
    })
  })
}
