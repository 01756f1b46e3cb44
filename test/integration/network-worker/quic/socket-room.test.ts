/** Room for QUIC's packets: a burst that is read late is whole, what no room was found for is counted, and a system that gives less is named. */
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { datagramSockets } from '../../../../src/network-worker/host/quic/datagram-sockets.ts'
import { ROOM_BYTES, SocketRoom } from '../../../../src/network-worker/host/quic/socket-room.ts'
import { findSocketOptions, type SocketOptions } from '../../../../src/network-worker/host/socket-options.ts'
import { relayNetwork } from '../../../support/relay-config.ts'
import { startRelay } from '../../../support/two-nodes.ts'

const DATAGRAM_BYTES = 1_200
/** A block and a half of 120 kB: more than a socket has room for unasked, less than every program may have. */
const BURST = 150
/** SO_RCVBUFFORCE and SO_SNDBUFFORCE. */
const FORCED = [33, 32]
const SYSCTLS = ['net.core.rmem_max', 'net.core.wmem_max']

const system = findSocketOptions()
const skip = system === undefined && 'sockets have no options here'

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** How many come of datagrams that are all sent before one is read. */
async function burst(to: Socket): Promise<number> {
  let count = 0
  to.on('message', () => count++)
  const from = await bound()
  for (let left = BURST; left > 0; left--) from.send(new Uint8Array(DATAGRAM_BYTES), to.address().port, '127.0.0.1')
  await setTimeout(100)
  from.close()
  return count
}

function roomOf(options: SocketOptions | undefined) {
  const said: unknown[] = []
  const room = new SocketRoom(options, pino({}, { write: (line) => void said.push(JSON.parse(line).sysctl) }))
  return { room, said }
}

/** The system's, which refuses some. */
function refusing(refused: readonly number[]): SocketOptions {
  const { get, set } = system ?? assert.fail()
  return { get, set: (fd, level, option, value) => !refused.includes(option) && set(fd, level, option, value) }
}

test('a burst is lost in part where nothing was asked for, and whole where it was', { skip }, async () => {
  const [narrow, wide] = [await bound(), await bound()]
  const { room } = roomOf(system)
  const came = await burst(narrow)
  assert.ok(came < BURST, `${came} came`)
  room.start()
  assert.equal(room.dropped, BURST - came)
  assert.equal(await burst(wide), BURST)
  assert.equal(room.dropped, BURST - came)
  room.stop()
  assert.equal(room.dropped, 0)
  for (const socket of [narrow, wide]) socket.close()
})

test('without leave to take more than every program may, it takes that', { skip }, async () => {
  const socket = await bound()
  const { room, said } = roomOf(refusing(FORCED))
  room.start()
  const limits = ['rmem_max', 'wmem_max'].map((name) => Number(readFileSync(`/proc/sys/net/core/${name}`, 'utf8')))
  const expected = limits.map((limit) => 2 * Math.min(ROOM_BYTES, limit))
  assert.deepEqual([socket.getRecvBufferSize(), socket.getSendBufferSize()], expected)
  assert.deepEqual(
    said,
    SYSCTLS.filter((_, at) => (limits[at] ?? 0) < ROOM_BYTES),
  )
  socket.close()
})

test('a system that gives less is named, with the setting that is the reason', { skip }, async () => {
  const socket = await bound()
  const before = [socket.getRecvBufferSize(), socket.getSendBufferSize()]
  const { room, said } = roomOf(refusing([...FORCED, 7, 8]))
  room.start()
  assert.deepEqual([socket.getRecvBufferSize(), socket.getSendBufferSize()], before)
  assert.deepEqual(said, SYSCTLS)
  socket.close()
})

test('where nothing can be asked it says so, and counts nothing', () => {
  const { room, said } = roomOf(undefined)
  room.start()
  assert.deepEqual([room.dropped, said.length], [0, 1])
})

test('a relay’s sockets of QUIC have it, those that listen and those that dial', { skip }, async () => {
  const options = system ?? assert.fail()
  const like = await bound()
  roomOf(system).room.start()
  const others = datagramSockets(options)
  await using relay = await startRelay({ config: { network: relayNetwork(), tcp: false, quic: true } })
  const own = datagramSockets(options).filter((fd) => !others.includes(fd))
  assert.ok(own.length >= 2, `${own.length} sockets`)
  for (const fd of own) assert.equal(options.get(fd, 1, 8, 4)?.readInt32LE(), like.getRecvBufferSize())
  assert.equal((await relay.control.getMetrics()).quicDroppedDatagrams, 0)
  like.close()
})
