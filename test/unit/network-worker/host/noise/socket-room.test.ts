import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { readIntoRoom } from '../../../../../src/network-worker/host/noise/socket-room.ts'
import { until } from '../../../../support/until.ts'

interface Ends extends AsyncDisposable {
  readonly near: Socket
  readonly far: Socket
}

/** Both ends of a connection over loopback; events of the far one are heard, as libp2p hears them. */
async function ends(): Promise<Ends> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const accepting = once(server, 'connection')
  const near = connect(address.port, '127.0.0.1')
  const [far] = (await accepting) as [Socket]
  return {
    near,
    far,
    [Symbol.asyncDispose]: async () => {
      near.destroy()
      far.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function listen(socket: Socket): { readonly bytes: () => Buffer; readonly rooms: Set<ArrayBufferLike> } {
  const copies: Buffer[] = []
  const rooms = new Set<ArrayBufferLike>()
  socket.on('data', () => assert.fail('it is not read by events any more'))
  const isSo = readIntoRoom(socket, (bytes) => {
    copies.push(Buffer.from(bytes))
    rooms.add(bytes.buffer)
  })
  assert.ok(isSo, 'the runtime has the parts that this was written for')
  return { bytes: () => Buffer.concat(copies), rooms }
}

function filled(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => at * 7 + seed))
}

test('whatever comes to accepted and dialled sockets is read into one room, in order', async () => {
  await using first = await ends()
  await using second = await ends()
  const readers = [first.far, second.far, first.near].map(listen)
  const writers = [first.near, second.near, first.far]
  const sent = writers.map((socket, at) => {
    const messages = [1, 300, 200_000, 65_536, 5].map((length) => filled(length, at))
    for (const message of messages) socket.write(message)
    return Buffer.concat(messages)
  })
  for (const [at, { bytes, rooms }] of readers.entries()) {
    const all = sent[at] ?? Buffer.alloc(0)
    await until('all of it', () => bytes().length === all.length)
    assert.ok(bytes().equals(all))
    assert.deepEqual(rooms, readers[0]?.rooms)
    assert.equal(rooms.size, 1)
  }
})

test('one that sends without end has one read a turn: timers and others have theirs between', async () => {
  await using pair = await ends()
  let turn = 0
  let isOver = false
  const turns: number[] = []
  const count = (): void => {
    turn++
    if (!isOver) setImmediate(count)
  }
  count()
  let bytes = 0
  readIntoRoom(pair.far, ({ length }) => {
    turns.push(turn)
    bytes += length
  })
  const all = 4 * 1024 * 1024
  pair.far.pause()
  pair.near.write(filled(all, 1))
  await new Promise((resolve) => setTimeout(resolve, 50))
  pair.far.resume()
  await until('all of it', () => bytes === all)
  isOver = true
  assert.equal(new Set(turns).size, turns.length)
})

test('a socket that is paused reads nothing, and then the rest', async () => {
  await using pair = await ends()
  const { bytes } = listen(pair.far)
  pair.far.pause()
  await new Promise<void>((resolve) => pair.near.write(filled(1000, 1), () => resolve()))
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(bytes().length, 0)
  pair.far.resume()
  await until('it', () => bytes().length === 1000)
})

test('the end of the other side is one, behind all bytes', async () => {
  await using pair = await ends()
  const { bytes } = listen(pair.far)
  const ended = once(pair.far, 'end')
  pair.near.end(filled(70_000, 2))
  await ended
  assert.equal(bytes().length, 70_000)
})

test('a socket in which bytes wait is left as it is', async () => {
  await using pair = await ends()
  pair.far.pause()
  pair.near.write('one')
  await until('it waits', () => pair.far.readableLength === 3)
  assert.equal(
    readIntoRoom(pair.far, () => assert.fail('it has not changed')),
    false,
  )
  const chunks: Buffer[] = []
  pair.far.on('data', (chunk) => chunks.push(chunk))
  pair.far.resume()
  pair.near.write('two')
  await until('both', () => Buffer.concat(chunks).toString() === 'onetwo')
})
