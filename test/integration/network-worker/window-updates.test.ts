/** A receiver gives its window back in large pieces: what goes back over the wire is next to nothing. */
import assert from 'node:assert/strict'
import { type AddressInfo, createServer, connect as dial } from 'node:net'
import { test } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { ownYamux } from '../../../src/network-worker/host/yamux/own-yamux.ts'
import { until } from '../../support/until.ts'

const PROTOCOL = '/window-test/1'
const MESSAGES = 2000
const MESSAGE_BYTES = 300

type Muxer = typeof yamux | typeof ownYamux

async function node(muxer: Muxer) {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [muxer()],
    connectionMonitor: { enabled: false },
  })
}

/** A port behind which the given one is, and the bytes that came back through it. */
async function counted(port: number) {
  let backBytes = 0
  const server = createServer((near) => {
    const far = dial(port, '127.0.0.1')
    near.pipe(far)
    far.on('data', (chunk) => {
      backBytes += chunk.length
    })
    far.pipe(near)
    for (const socket of [near, far]) socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, backBytes: () => backBytes, close: () => server.close() }
}

/** Bytes a receiver sends back for so many short messages, and what it received. */
async function sendThrough(receiverMuxer: Muxer): Promise<{ backBytes: number; received: number }> {
  const receiver = await node(receiverMuxer)
  const sender = await node(yamux)
  let received = 0
  await receiver.handle(PROTOCOL, (stream: Stream) => {
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
    })
  })
  const [address] = receiver.getMultiaddrs()
  const listening = Number(address?.getComponents().find(({ name }) => name === 'tcp')?.value)
  const proxy = await counted(listening)
  try {
    const connection = await sender.dial(multiaddr(`/ip4/127.0.0.1/tcp/${proxy.port}`))
    const stream = await connection.newStream(PROTOCOL)
    const before = proxy.backBytes()
    for (let n = 0; n < MESSAGES; n++) {
      if (!stream.send(new Uint8Array(MESSAGE_BYTES))) await stream.onDrain()
      // A frame of its own for each, as messages come one by one.
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await until('everything', () => received === MESSAGES * MESSAGE_BYTES)
    return { backBytes: proxy.backBytes() - before, received }
  } finally {
    await sender.stop()
    await receiver.stop()
    proxy.close()
  }
}

test('600 kB in 2,000 messages come whole, and cost the receiver a few hundred bytes', async () => {
  const { backBytes, received } = await sendThrough(ownYamux)
  assert.equal(received, MESSAGES * MESSAGE_BYTES)
  assert.ok(backBytes < 2_000, `${backBytes} bytes`)
  const stock = await sendThrough(yamux)
  assert.ok(stock.backBytes > 10 * backBytes, `${stock.backBytes} bytes without`)
})
