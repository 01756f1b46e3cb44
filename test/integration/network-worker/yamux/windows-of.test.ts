/** What a connection tells of its windows, from the streams that libp2p shows of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { WIDE_FLIGHT_BYTES } from '../../../../src/network-worker/host/congestion/grown-window.ts'
import { WindowUpkeep } from '../../../../src/network-worker/host/congestion/window-upkeep.ts'
import { windowsOf } from '../../../../src/network-worker/host/congestion/windows-of.ts'
import { ownNoise } from '../../../../src/network-worker/host/noise/noise-encrypter.ts'
import { ownYamux } from '../../../../src/network-worker/host/yamux/own-yamux.ts'
import { systemClock } from '../../../../src/shared/clock.ts'
import { beginClose } from '../../../support/begin-close.ts'
import { connected, type Layers } from '../../../support/stream-nodes.ts'
import { until } from '../../../support/until.ts'

const PROTOCOL = '/block/1'

const keepingNode = () =>
  createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [ownNoise()],
    streamMuxers: [ownYamux({}, systemClock, new WindowUpkeep(systemClock))],
    connectionMonitor: { enabled: false },
  })

test('who got a block at once knows that the other end has room for the next, and who sent it does not', async () => {
  const [near, far] = await Promise.all([keepingNode(), keepingNode()])
  try {
    const came = Promise.withResolvers<Connection>()
    await far.handle(PROTOCOL, (stream, connection) => {
      stream.addEventListener('message', () => came.resolve(connection))
    })
    const connection = await near.dial(far.getMultiaddrs())
    const stream = await connection.newStream(PROTOCOL)
    assert.equal(windowsOf(connection)?.isTheirsWide, false)
    stream.send(new Uint8Array(WIDE_FLIGHT_BYTES + 1))
    const atFar = await came.promise
    await until('all of it', () => windowsOf(atFar)?.isTheirsWide === true)
    assert.equal(windowsOf(connection)?.isTheirsWide, false)
  } finally {
    await near.stop()
    await far.stop()
  }
})

for (const layers of ['stock', 'own both', 'own QUIC'] as const satisfies readonly Layers[]) {
  test(`nothing is known of ${layers} when nobody keeps windows`, async () => {
    await using all = await connected(layers, layers, PROTOCOL, (stream) => beginClose(stream))
    const stream = await all.open()
    const [connection] = all.near.getConnections()
    assert.ok(connection !== undefined)
    assert.ok(connection.streams.includes(stream))
    assert.equal(windowsOf(connection), undefined)
    await stream.close()
  })
}
