import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReqRespError } from '../../../../src/network-worker/reqresp/reqresp-error.ts'
import { systemClock } from '../../../../src/shared/clock.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'
import { bareNode, connect, localNode, openStreams, peer, TRANSPORTS } from './nodes.ts'

for (const transport of TRANSPORTS) {
  test(`${transport}: status, ping, metadata and goodbye in both directions`, async () => {
    await using a = await peer(transport, localNode(7n))
    await using b = await peer(transport, localNode(9n))
    await connect(a.node, b.node)

    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      assert.deepEqual(await from.reqresp.status(to.id), to.local.status())
      assert.deepEqual(await to.saw('status'), { what: 'status', peerId: from.id, status: from.local.status() })

      const { seqNumber, rttMs } = await from.reqresp.ping(to.id)
      assert.equal(seqNumber, to.local.metadata().seqNumber)
      assert.ok(rttMs > 0 && rttMs < 5_000, `rtt ${rttMs}`)
      assert.equal((await to.saw('ping')).seqNumber, from.local.metadata().seqNumber)

      assert.deepEqual(await from.reqresp.metadata(to.id), to.local.metadata())

      await from.reqresp.goodbye(to.id, 129)
      assert.deepEqual(await to.saw('goodbye'), { what: 'goodbye', peerId: from.id, reason: 129n })
    }
    await until('all streams closed', () => openStreams(a.node).length + openStreams(b.node).length === 0)
    assert.ok(![...a.seen, ...b.seen].some(({ what }) => what === 'violation'))
  })

  test(`${transport}: a thousand requests leave no stream and no timer behind`, async () => {
    const clocks = [new FakeClock(), new FakeClock()] as const
    await using a = await peer(transport, localNode(7n), clocks[0])
    await using b = await peer(transport, localNode(9n), clocks[1])
    await connect(a.node, b.node)
    for (let i = 0; i < 250; i += 1) {
      // Refills b's quotas, and only those: a's clock stands still and would show a timer left behind.
      b.reqresp.forget(a.id)
      await Promise.all([a.reqresp.status(b.id), a.reqresp.ping(b.id), a.reqresp.metadata(b.id)])
      await a.reqresp.goodbye(b.id, 1)
    }
    await until('all streams closed', () => openStreams(a.node).length + openStreams(b.node).length === 0)
    await until('all timers gone', () => clocks[0].pending + clocks[1].pending === 0)
    assert.equal(b.seen.filter(({ what }) => what === 'goodbye').length, 250)
    assert.equal(b.seen.filter(({ what }) => what === 'violation').length, 0)
  })

  test(`${transport}: a peer without the protocols is told apart as unsupported`, async () => {
    await using a = await peer(transport)
    const bare = await bareNode(transport)
    try {
      await connect(a.node, bare)
      for (const name of ['status', 'ping', 'metadata'] as const) {
        await assert.rejects(a.reqresp[name](bare.peerId.toString()), { kind: 'unsupported', request: name })
      }
      await a.reqresp.goodbye(bare.peerId.toString(), 1)
    } finally {
      await bare.stop()
    }
  })

  test(`${transport}: a peer that takes its protocols back and then leaves is "disconnected"`, async () => {
    await using a = await peer(transport)
    const bare = await bareNode(transport)
    try {
      await connect(a.node, bare)
      const pending = assert.rejects(a.reqresp.ping(bare.peerId.toString()), { kind: 'disconnected' })
      // By then it has refused the protocol.
      await new Promise((resolve) => setTimeout(resolve, 100))
      await Promise.all(bare.getConnections().map((connection) => connection.close()))
      await pending
    } finally {
      await bare.stop()
    }
  })

  test(`${transport}: a connection that closes during a request is "disconnected"`, async () => {
    await using a = await peer(transport)
    const bare = await bareNode(transport)
    try {
      await bare.handle('/eth2/beacon_chain/req/ping/1/ssz_snappy', (_stream, connection) => connection.close())
      await connect(a.node, bare)
      await assert.rejects(a.reqresp.ping(bare.peerId.toString()), { kind: 'disconnected' })
      await until('connection gone', () => a.node.getConnections().length === 0)
      await assert.rejects(a.reqresp.ping(bare.peerId.toString()), { kind: 'disconnected' })
    } finally {
      await bare.stop()
    }
  })
}

test('no request dials, and an unknown or malformed id is only "disconnected"', async () => {
  await using a = await peer('tcp+yamux')
  await using b = await peer('tcp+yamux')
  await a.node.peerStore.patch(b.node.peerId, { multiaddrs: b.node.getMultiaddrs() })
  for (const id of [b.id, 'not a peer id', '']) {
    await assert.rejects(
      a.reqresp.status(id),
      (error) => error instanceof ReqRespError && error.kind === 'disconnected',
    )
    await a.reqresp.goodbye(id, 1)
  }
  assert.equal(a.node.getConnections().length, 0)
})

test('a third request of a kind at once fails here and never reaches the peer', async () => {
  await using a = await peer('tcp+yamux')
  await using b = await peer('tcp+yamux')
  await connect(a.node, b.node)
  const outcomes = await Promise.allSettled([a.reqresp.ping(b.id), a.reqresp.ping(b.id), a.reqresp.ping(b.id)])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  )
  assert.equal(outcomes[2]?.status === 'rejected' && outcomes[2].reason.kind, 'too_many_requests')
  assert.equal(b.seen.length, 2)
})

test('stop ends requests under way and unregisters the protocols', async () => {
  await using a = await peer('tcp+yamux')
  const bare = await bareNode('tcp+yamux')
  try {
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    await bare.handle('/eth2/beacon_chain/req/ping/1/ssz_snappy', () => resolve())
    await connect(a.node, bare)
    const pending = assert.rejects(
      a.reqresp.ping(bare.peerId.toString()),
      // The first when the negotiation's last bytes are still on their way to us.
      (error) => error instanceof ReqRespError && ['disconnected', 'stream_error'].includes(error.kind),
    )
    await arrived
    await a.reqresp.stop()
    await pending
    assert.ok(!a.node.getProtocols().some((id) => id.startsWith('/eth2/beacon_chain/req/')))
  } finally {
    await bare.stop()
  }
})

test('rtt is measured from the request bytes on, without the negotiation before it', async () => {
  const slowMs = 300
  await using a = await peer('tcp+yamux')
  await using b = await peer('tcp+yamux')
  const connection = await connect(a.node, b.node)
  const newStream = connection.newStream
  connection.newStream = async (...args) => {
    const stream = await newStream(...args)
    await new Promise((resolve) => setTimeout(resolve, slowMs))
    return stream
  }
  const startMs = systemClock.monotonicMs()
  const { rttMs } = await a.reqresp.ping(b.id)
  assert.ok(systemClock.monotonicMs() - startMs >= slowMs)
  assert.ok(rttMs < slowMs, `rtt ${rttMs}`)
})
