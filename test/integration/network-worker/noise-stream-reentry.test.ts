/** A consumer that pauses, ends or sends while it is being given bytes, and a connection that ends beneath one that waits. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { collect, type SecuredPair, securedPair, socketOf } from './noise-scene.ts'

/** Bytes at the far end that nobody has taken, as two messages. */
async function twoWaiting(pair: SecuredPair): Promise<void> {
  pair.near.send(Buffer.from('one'))
  pair.near.send(Buffer.from('two'))
  await until('both', () => pair.far.readBufferLength === 6)
}

test('paused again by what it is given on resuming, it stays paused down to the socket', async () => {
  await using pair = await securedPair()
  pair.far.pause()
  await new Promise((resolve) => setImmediate(resolve))
  pair.far.push(Buffer.from('waits'))
  pair.far.addEventListener('message', () => pair.far.pause(), { once: true })
  pair.far.resume()
  assert.equal(pair.far.readStatus, 'paused')
  assert.equal(socketOf(pair.raw.accepted).isPaused(), true)
  const received = collect(pair.far, true)
  pair.near.send(Buffer.from('more'))
  pair.far.resume()
  await until('the rest', () => received.bytes().toString() === 'more')
})

test('what came before the end can be paused and resumed after it', async () => {
  await using pair = await securedPair()
  await twoWaiting(pair)
  await pair.near.close()
  await until('the end', () => pair.far.status === 'closed')
  pair.far.pause()
  const received = collect(pair.far, true)
  pair.far.resume()
  assert.equal(received.bytes().toString(), 'onetwo')
  assert.equal(pair.far.readStatus, 'closed')
})

test('a consumer that ends the connection is given no more of what waited', async () => {
  await using pair = await securedPair()
  await twoWaiting(pair)
  const received: string[] = []
  pair.far.consumeDirectly((bytes) => {
    received.push(Buffer.from(bytes).toString())
    pair.far.abort(new Error('enough'))
  })
  await until('the first', () => received.length > 0)
  assert.deepEqual(received, ['one'])
})

test('a consumer that ends the connection is given no more of one segment', async () => {
  await using pair = await securedPair()
  const received: string[] = []
  pair.far.consumeDirectly((bytes) => {
    received.push(Buffer.from(bytes).toString())
    pair.far.abort(new Error('enough'))
  })
  const socket = socketOf(pair.raw.dialled)
  socket.cork()
  pair.near.send(Buffer.from('one'))
  pair.near.send(Buffer.from('two'))
  socket.uncork()
  await until('the first', () => received.length > 0)
  assert.deepEqual(received, ['one'])
})

test('a consumer that pauses after the first of several has the others later, in order', async () => {
  await using pair = await securedPair()
  const received: string[] = []
  pair.far.consumeDirectly((bytes) => {
    received.push(Buffer.from(bytes).toString())
    if (received.length === 1) pair.far.pause()
  })
  for (const text of ['one', 'two', 'three']) pair.near.send(Buffer.from(text))
  await until('the first', () => received.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(received.length, 1)
  pair.far.resume()
  await until('the others', () => received.join('').length === 11)
  assert.equal(received.join(''), 'onetwothree')
})

test('answers given while bytes are taken come back in order, with frames of any length', async () => {
  await using pair = await securedPair()
  pair.far.consumeDirectly((bytes) => {
    const own = new Uint8Array(bytes)
    pair.far.sendPieces([own, own])
  })
  const received = collect(pair.near, true)
  const sent = [1, 70_000, 3, 65_519, 9000, 200_000].map((length, at) => Buffer.alloc(length, at + 1))
  for (const message of sent) pair.near.send(message)
  const expected = 2 * Buffer.concat(sent).length
  await until('all', () => received.bytes().length === expected)
  assert.equal(pair.near.status, 'open')
})

test('the end in the middle of a frame gives nothing of it', async () => {
  await using pair = await securedPair()
  const received = collect(pair.far, true)
  const closed = once(pair.far, 'close')
  pair.near.send(Buffer.from('whole'))
  socketOf(pair.raw.dialled).end(Uint8Array.of(0, 40, 1, 2, 3))
  await closed
  assert.equal(received.bytes().toString(), 'whole')
})
