/** A connection after our handshake: bytes, order, waiting, and every way in which it ends. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { StreamCloseEvent } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import fc from 'fast-check'
import { CipherState } from '../../../src/network-worker/host/noise/cipher-state.ts'
import { SecuredStream, streamBuffers } from '../../../src/network-worker/host/noise/secured-stream.ts'
import { tcpPair } from '../../support/tcp-pair.ts'
import { until } from '../../support/until.ts'
import { collect, ENCRYPTERS, securedPair, socketOf } from './noise-scene.ts'

const piece = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 140_000 })).map(filled)
const messages = fc.array(fc.array(piece, { maxLength: 3 }), { maxLength: 6 })

function filled(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff)
}

for (const [how, isDirect] of Object.entries({ 'by events': false, directly: true })) {
  test(`whatever is sent, in whatever pieces, comes whole and in order, ${how}`, async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (list) => {
        await using pair = await securedPair()
        const received = collect(pair.far, isDirect)
        for (const pieces of list) pair.near.sendPieces(pieces)
        const sent = Buffer.concat(list.flat())
        await until('all bytes', () => received.bytes().length >= sent.length)
        assert.ok(received.bytes().equals(sent))
      }),
      { numRuns: 25 },
    )
  })
}

test('the short way is taken over TCP: nothing passes the events of the connection below', async () => {
  await using pair = await securedPair()
  const received = collect(pair.far, true)
  pair.raw.accepted.addEventListener('message', () => assert.fail('an event'))
  pair.raw.dialled.send = () => assert.fail('a list')
  pair.near.send(filled(200_000))
  await until('all bytes', () => received.bytes().length === 200_000)
})

test('over a connection that has no socket it goes by events, whole and in order all the same', async () => {
  const keys = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
  const [dialling, accepting] = multiaddrConnectionPair()
  const [near, far] = await Promise.all([
    ENCRYPTERS.own(keys[0]).secureOutbound(dialling),
    ENCRYPTERS.own(keys[1]).secureInbound(accepting),
  ])
  const received: Uint8Array[] = []
  far.connection.addEventListener('message', ({ data }) => received.push(data.subarray()))
  const sent = Array.from({ length: 100 }, (_, at) => filled(1000 + at))
  for (const message of sent) near.connection.send(message)
  const all = Buffer.concat(sent)
  await until('all bytes', () => Buffer.concat(received).length === all.length)
  assert.ok(Buffer.concat(received).equals(all))
  await near.connection.close()
  await until('the end', () => far.connection.status !== 'open')
})

test('a long frame is one write, as is a short one', async () => {
  await using pair = await securedPair()
  const received = collect(pair.far, true)
  const socket = socketOf(pair.raw.dialled)
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
  pair.near.sendPieces([filled(12), filled(240)])
  assert.equal(writes, 1)
  pair.near.sendPieces([filled(12), filled(120_000)])
  assert.equal(writes, 2)
  await until('all bytes', () => received.bytes().length === 120_264)
})

test('bytes before anybody listens are kept, and come first', async () => {
  await using pair = await securedPair()
  pair.near.send(Buffer.from('one '))
  pair.near.send(Buffer.from('two '))
  await until('both', () => pair.far.readBufferLength === 8)
  const received = collect(pair.far, true)
  pair.near.send(Buffer.from('three'))
  await until('all three', () => received.bytes().length === 13)
  assert.equal(received.bytes().toString(), 'one two three')
})

test('what is paused holds its bytes back, and the other side notices; resumed it goes on in order', async () => {
  await using pair = await securedPair()
  const received = collect(pair.far, true)
  const sent: Uint8Array[] = []
  pair.far.pause()
  while (!pair.near.writableNeedsDrain) {
    sent.push(filled(60_000 + sent.length))
    pair.near.send(sent.at(-1) ?? filled(0))
    await new Promise((resolve) => setImmediate(resolve))
  }
  sent.push(Buffer.from('waits'))
  assert.equal(pair.near.send(Buffer.from('waits')), false)
  assert.equal(pair.near.writeBufferLength, 5)
  assert.equal(received.bytes().length, 0)
  const drained = once(pair.near, 'drain')
  pair.far.resume()
  await drained
  const all = Buffer.concat(sent)
  await until('all bytes', () => received.bytes().length === all.length)
  assert.ok(received.bytes().equals(all))
  assert.equal(pair.near.writeBufferLength, 0)
})

test('a peer that never reads is left behind before it costs much memory', async () => {
  await using pair = await securedPair()
  pair.far.pause()
  const closed = once(pair.near, 'close')
  while (pair.near.status === 'open') {
    pair.near.send(filled(64_000))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const [event] = (await closed) as [StreamCloseEvent]
  assert.equal(event.error?.name, 'StreamBufferError')
})

test('a closed end takes nothing more, and all it took still arrives', async () => {
  await using pair = await securedPair()
  const received = collect(pair.far, true)
  const closed = once(pair.far, 'close')
  pair.near.send(filled(3_000_000))
  const closing = pair.near.close({ signal: AbortSignal.timeout(30_000) })
  assert.throws(() => pair.near.send(filled(1)), /closing/)
  await Promise.all([closing, closed])
  assert.equal(received.bytes().length, 3_000_000)
  assert.deepEqual([pair.near.status, pair.far.status], ['closed', 'closed'])
  assert.throws(() => pair.near.send(filled(1)), /closed/)
})

for (const [what, frame] of Object.entries({
  'a forged tag': Buffer.concat([Uint8Array.of(0, 40), filled(40)]),
  'a frame without a tag': Uint8Array.of(0, 3, 1, 2, 3),
  'an empty one': Uint8Array.of(0, 0),
})) {
  test(`${what} ends the connection; what came before is delivered`, async () => {
    await using pair = await securedPair()
    const received = collect(pair.far, false)
    const closed = once(pair.far, 'close')
    pair.near.send(Buffer.from('good'))
    socketOf(pair.raw.dialled).write(frame)
    const [event] = (await closed) as [StreamCloseEvent]
    assert.ok(event.error instanceof Error)
    assert.equal(received.bytes().toString(), 'good')
    assert.deepEqual([pair.far.status, pair.raw.accepted.status], ['aborted', 'aborted'])
  })
}

test('any garbage ends it and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 400 }), async (garbage) => {
      await using pair = await securedPair()
      const received = collect(pair.far, true)
      socketOf(pair.raw.dialled).end(garbage)
      await until('the end', () => pair.far.status !== 'open')
      assert.equal(received.bytes().length, 0)
    }),
    { numRuns: 25 },
  )
})

test('a sealed frame with nothing in it is legal; what came with the handshake is the first', async () => {
  await using raw = await tcpPair()
  const key = filled(32)
  const [sealing, nothing] = [new CipherState(key), new Uint8Array()]
  const frameOf = (text: string): Buffer => {
    const sealed = sealing.encrypt(Buffer.from(text), nothing)
    return Buffer.concat([Uint8Array.of(0, sealed.length), sealed])
  }
  const ciphers = { sending: new CipherState(filled(32)), receiving: new CipherState(key) }
  const early = Buffer.concat([frameOf('first'), frameOf('')])
  const stream = new SecuredStream(raw.accepted, ciphers, early, streamBuffers())
  const received = collect(stream, true)
  socketOf(raw.dialled).write(Buffer.concat([frameOf(''), frameOf(' last')]))
  await until('both', () => received.bytes().length === 10)
  assert.equal(received.bytes().toString(), 'first last')
  assert.equal(stream.status, 'open')
})

test('a consumer that throws ends the connection', async () => {
  await using pair = await securedPair()
  pair.far.consumeDirectly(() => {
    throw new Error('not what I can read')
  })
  pair.near.send(filled(10))
  const [event] = (await once(pair.far, 'close')) as [StreamCloseEvent]
  assert.match(event.error?.message ?? '', /not what I can read/)
})

test('a reset of the other side is one', async () => {
  await using pair = await securedPair()
  const closed = once(pair.far, 'close')
  pair.near.abort(new Error('enough'))
  const [event] = (await closed) as [StreamCloseEvent]
  assert.ok(event.error instanceof Error)
  assert.notEqual(pair.far.status, 'open')
})
