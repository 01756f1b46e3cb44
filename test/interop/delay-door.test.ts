/** Whether what goes through a door of the benches' delay proxy takes as long as it is to, whole and in order. */
import assert from 'node:assert/strict'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { median } from '../../bench/statistics.ts'
import { goPeerBinary } from '../support/go-build.ts'
import { JsonLineProcess } from '../support/json-line-process.ts'
import { eventually, skip } from './setup.ts'

const ONE_WAY_MS = 40
/** What a timer may add to the median of a few. */
const LATE_MS = 5
/** A busy machine makes some wait, for a while; a door that takes too long does so each time. None is ever early. */
const ATTEMPTS = 8
const PINGS = 20
const MIB = 2 ** 20

interface Ends {
  readonly client: Socket
  readonly server: Socket
  /** From dialling until the other side had the connection. */
  readonly connectMs: number
}

/** A client that dialled a door, and the server behind it. */
async function openThrough(t: TestContext, link: { oneWayMs: number; jitterMs: number }): Promise<Ends> {
  const listener = createServer({ allowHalfOpen: true })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const proxy = new JsonLineProcess<never>(await goPeerBinary())
  const target = `127.0.0.1:${(listener.address() as AddressInfo).port}`
  const { port } = await proxy.call<{ port: number }>('delayDoor', { target, ...link })
  const startedMs = performance.now()
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const [server] = (await once(listener, 'connection')) as [Socket]
  const connectMs = performance.now() - startedMs
  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    socket.on('error', () => undefined) // a side that is broken on purpose
  }
  t.after(async () => {
    client.destroy()
    server.destroy()
    listener.close()
    await proxy.stop()
  })
  return { client, server, connectMs }
}

/** What some bytes took each way, ms, one after the other. */
async function ping({ client, server }: Ends): Promise<readonly (readonly number[])[]> {
  const there: number[] = []
  const back: number[] = []
  for (let count = 0; count < PINGS; count++) {
    const sentMs = performance.now()
    client.write('ping')
    await once(server, 'data')
    const turnedMs = performance.now()
    server.write('pong')
    await once(client, 'data')
    there.push(turnedMs - sentMs)
    back.push(performance.now() - turnedMs)
  }
  return [there, back]
}

test('each way takes as long as it is to, and a connection a round trip', { skip }, async (t) => {
  const ends = await openThrough(t, { oneWayMs: ONE_WAY_MS, jitterMs: 0 })
  assert.ok(ends.connectMs >= 2 * ONE_WAY_MS, `connected in ${ends.connectMs} ms`)
  const isSoon = (ms: number): boolean => ms <= ONE_WAY_MS + LATE_MS
  let medians: readonly number[] = [Number.NaN]
  for (let attempt = 0; attempt < ATTEMPTS && !medians.every(isSoon); attempt++) {
    const ways = await ping(ends)
    const leastMs = Math.min(...ways.flat())
    assert.ok(leastMs >= ONE_WAY_MS - 0.1, `one way took ${leastMs} ms`)
    medians = ways.map((ms) => median(ms))
    t.diagnostic(`medians ${medians.map((ms) => ms.toFixed(2)).join(', ')} ms of ${ONE_WAY_MS}`)
  }
  assert.ok(medians.every(isSoon), `one way took ${medians.join(', ')} ms`)
})

test('all bytes come, in order whatever the jitter, and the end after them', { skip }, async (t) => {
  const { client, server } = await openThrough(t, { oneWayMs: ONE_WAY_MS, jitterMs: 20 })
  const received = createHash('sha256')
  let length = 0
  server.on('data', (data: Buffer) => {
    received.update(data)
    length += data.length
  })
  const ended = once(server, 'end')
  const sent = randomBytes(8 * MIB)
  for (let from = 0; from < sent.length; ) {
    const to = from + randomInt(1, 60_000)
    client.write(sent.subarray(from, to))
    from = to
    if (randomInt(8) === 0) await delay(2)
  }
  client.end()
  await ended
  assert.equal(length, sent.length)
  assert.equal(received.digest('hex'), createHash('sha256').update(sent).digest('hex'))
})

test('no more than some MB are under way to a side that does not read', { skip }, async (t) => {
  const { client, server } = await openThrough(t, { oneWayMs: ONE_WAY_MS, jitterMs: 0 })
  server.pause()
  const piece = Buffer.alloc(64 * 1024)
  let written = 0
  const isStuck = async (): Promise<boolean> => {
    while (client.write(piece)) written += piece.length
    written += piece.length
    const drained = once(client, 'drain').then(() => false)
    return await Promise.race([drained, delay(1_000, true)])
  }
  while (!(await isStuck())) assert.ok(written < 64 * MIB, `${written} bytes were taken`)
  let length = 0
  server.on('data', (data: Buffer) => {
    length += data.length
  })
  server.resume()
  await eventually('all that was taken', async () => length === written)
})

test('a side that breaks takes the other down', { skip }, async (t) => {
  const { client, server } = await openThrough(t, { oneWayMs: 5, jitterMs: 0 })
  client.write('hello')
  await once(server, 'data')
  const closed = once(client, 'close')
  server.resetAndDestroy()
  client.on('data', () => undefined)
  client.on('end', () => client.end())
  await closed
})
