/** What noise hands to a TCP connection in pieces leaves in one write, whole and in order. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { test } from 'node:test'
import { joinWrites } from '../../../src/network-worker/host/native-noise.ts'

interface Pieces extends Iterable<Uint8Array> {
  readonly byteLength: number
  subarray(): Uint8Array
}

function piecesOf(...pieces: Uint8Array[]): Pieces {
  const whole = Buffer.concat(pieces)
  return { byteLength: whole.length, subarray: () => whole, [Symbol.iterator]: () => pieces[Symbol.iterator]() }
}

/** A socket whose writes to the system are counted, and what the other side received. */
async function connected(check: (socket: Socket, writes: () => number, received: () => Buffer) => Promise<void>) {
  const chunks: Buffer[] = []
  const server = createServer((other) => other.on('data', (chunk) => chunks.push(chunk)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = dial((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  let writes = 0
  for (const name of ['_write', '_writev'] as const) {
    const write = (socket[name] as (...args: unknown[]) => void).bind(socket)
    Object.assign(socket, {
      [name]: (...args: unknown[]) => {
        writes++
        write(...args)
      },
    })
  }
  try {
    await check(
      socket,
      () => writes,
      () => Buffer.concat(chunks),
    )
  } finally {
    socket.destroy()
    server.close()
  }
}

for (const [what, bytes] of [
  ['a short frame', 200],
  ['a long one', 65_519],
] as const) {
  test(`${what} is one write, whatever its pieces`, async () => {
    await connected(async (socket, writes, received) => {
      const connection = { socket, sendData: () => ({ sentBytes: 0, canSendMore: true }) }
      joinWrites(connection)
      const frame = piecesOf(Uint8Array.of(1, 2), new Uint8Array(bytes).fill(3), new Uint8Array(16).fill(4))
      const send: (data: Pieces) => { sentBytes: number } = connection.sendData
      assert.equal(send(frame).sentBytes, bytes + 18)
      while (received().length < bytes + 18)
        await once(socket, 'drain', { signal: AbortSignal.timeout(100) }).catch(() => 0)
      assert.ok(received().equals(frame.subarray()))
      assert.equal(writes(), 1)
    })
  })
}

test('a connection that is not what it was written for is refused', () => {
  assert.throws(() => joinWrites({}), /libp2p has changed/)
  assert.throws(() => joinWrites({ socket: {}, sendData: () => undefined }), /libp2p has changed/)
})
