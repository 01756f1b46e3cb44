import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameDecoder } from '../../../../../src/network-worker/host/yamux/frame-decoder.ts'
import { MAX_FRAME_DATA_BYTES } from '../../../../../src/network-worker/host/yamux/frame-output.ts'
import type { YamuxStream } from '../../../../../src/network-worker/host/yamux/yamux-stream.ts'
import { settle, type WireEnd } from '../../../../support/memory-wire.ts'
import { MuxerPair, Reader } from './muxer-pair.ts'

const WINDOW = 256 * 1024

/** Windows as a stranger would count them from the frames on the wire: fails when data exceeds what was granted. */
class Accountant {
  readonly #left = new Map<number, number>()
  longestFrame = 0

  /** Watches data in one direction and grants in the other. */
  constructor(data: WireEnd, grants: WireEnd) {
    this.#watch(data, (type, streamId, length) => {
      if (type !== 0) return
      this.longestFrame = Math.max(this.longestFrame, length)
      const left = (this.#left.get(streamId) ?? WINDOW) - length
      assert.ok(left >= 0, 'more data than was granted')
      this.#left.set(streamId, left)
    })
    this.#watch(grants, (type, streamId, length) => {
      if (type === 1) this.#left.set(streamId, (this.#left.get(streamId) ?? WINDOW) + length)
    })
  }

  #watch(end: WireEnd, onHeader: (type: number, streamId: number, length: number) => void): void {
    const decoder = new FrameDecoder({
      onHeader: (type, _flags, streamId, length) => onHeader(type, streamId, length),
      onPayload: () => undefined,
      onDataEnd: () => undefined,
    })
    const send = end.send.bind(end)
    end.send = (bytes) => {
      decoder.push(bytes.subarray())
      return send(bytes)
    }
  }
}

const kind = fc.constantFrom('write', 'together', 'pause', 'resume', 'there', 'back', 'time')
const step = fc.record({ kind, stream: fc.nat(2), amount: fc.integer({ min: 1, max: 300_000 }) })
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Three streams, and what was written on each. */
class Scene {
  readonly pair = new MuxerPair()
  readonly accountant = new Accountant(this.pair.clientEnd, this.pair.serverEnd)
  readonly #streams: { readonly near: YamuxStream; readonly far: YamuxStream; readonly reader: Reader }[] = []
  readonly #written: Uint8Array[][] = []

  async open(): Promise<void> {
    const [near, far] = await this.pair.open()
    this.#streams.push({ near, far, reader: new Reader(far) })
    this.#written.push([])
  }

  act({ kind, stream, amount }: Step): void {
    const { near, far } = this.#streams[stream] ?? assert.fail()
    const acts: Record<string, () => void> = {
      write: () => {
        const data = randomBytes(amount)
        this.#written[stream]?.push(data)
        near.send(data)
      },
      together: () => {
        const [front, rest] = [randomBytes(amount % 60), randomBytes(amount)]
        this.#written[stream]?.push(front, rest)
        near.sendTogether(front, rest)
      },
      pause: () => far.pause(),
      resume: () => far.resume(),
      there: () => this.pair.clientEnd.deliver(amount),
      back: () => this.pair.serverEnd.deliver(amount),
      time: () => this.pair.clock.advance(amount / 10_000),
    }
    acts[kind]?.()
  }

  async check(): Promise<void> {
    for (const { far } of this.#streams) far.resume()
    await this.pair.settle()
    for (const [n, { near, reader }] of this.#streams.entries()) {
      assert.ok(reader.bytes.equals(Buffer.concat(this.#written[n] ?? [])))
      assert.deepEqual([near.writeBufferLength, near.writableNeedsDrain], [0, false])
    }
    assert.ok(this.accountant.longestFrame <= MAX_FRAME_DATA_BYTES)
  }
}

test('all bytes arrive in order, within the windows, whatever is written, read and delivered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const scene = new Scene()
      for (let n = 0; n < 3; n++) await scene.open()
      for (const each of steps) scene.act(each)
      await scene.check()
    }),
    { numRuns: 60 },
  )
})

test('a message and its header are handed over together; a long one in frames that fill those of noise', async () => {
  const pair = new MuxerPair({}, Number.POSITIVE_INFINITY)
  const [near] = await pair.open()
  near.send(new Uint8Array(240))
  assert.deepEqual(
    pair.clientEnd.waiting.map(({ length }) => length),
    [252],
  )
  pair.clientEnd.waiting.length = 0
  near.send(new Uint8Array(120_000))
  assert.deepEqual(
    pair.clientEnd.waiting.map(({ length }) => length),
    [120_024],
  )
  assert.equal(MAX_FRAME_DATA_BYTES + 12, 65_519)
})

test('the end comes after all data, when the stream is closed with data that waits for the window', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  const reader = new Reader(far)
  const data = randomBytes(1_000_000)
  assert.equal(near.send(data), false)
  const closed = near.close()
  assert.equal(near.writeStatus, 'closing')
  assert.throws(() => near.send(Uint8Array.of(1)), /closing/)
  await pair.settle()
  await closed
  assert.ok(reader.bytes.equals(data))
  assert.deepEqual(reader.events, ['remoteCloseWrite', 'end'])
  // The other half still works.
  const answers = new Reader(near)
  far.send(Uint8Array.of(7))
  await far.close()
  await pair.settle()
  assert.deepEqual([...answers.bytes], [7])
  assert.deepEqual(answers.events, ['remoteCloseWrite', 'end', 'close'])
  assert.deepEqual([pair.client.streams, pair.server.streams], [[], []])
  assert.deepEqual([near.status, far.status], ['closed', 'closed'])
})

test('a reader that does not read stops the sender after one window; the sender is told when to go on', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  const events = new Reader(near)
  far.pause()
  assert.equal(near.send(new Uint8Array(WINDOW)), false, 'the connection is full')
  await pair.settle()
  assert.deepEqual(events.events, ['drain'])
  assert.equal(near.send(new Uint8Array(1000)), false, 'the window is')
  await pair.settle()
  assert.equal(near.writeBufferLength, 1000)
  assert.equal(near.writableNeedsDrain, true)
  assert.equal(far.readBufferLength, WINDOW)
  const drained = near.onDrain()
  const reader = new Reader(far)
  far.resume()
  await pair.settle()
  await drained
  assert.equal(reader.bytes.length, WINDOW + 1000)
  assert.equal(near.writableNeedsDrain, false)
  assert.deepEqual(events.events, ['drain', 'drain'])
})

test('a window that holds the sender back grows, and frames stay as they are', async () => {
  const pair = new MuxerPair({ maxStreamWindowBytes: 1024 * 1024 })
  pair.clock.advance(50)
  await pair.settle()
  assert.equal(pair.client.rttMs, 50)
  const [near, far] = await pair.open()
  new Reader(far)
  far.pause()
  near.send(new Uint8Array(4_000_000))
  far.resume()
  await pair.settle()
  far.pause()
  near.send(new Uint8Array(4_000_000))
  await pair.settle()
  assert.ok(far.readBufferLength > 512 * 1024 && far.readBufferLength <= 1024 * 1024, `${far.readBufferLength}`)
})

test('those who wait for the connection take turns', async () => {
  const pair = new MuxerPair({}, 1)
  const streams = [await pair.open(), await pair.open(), await pair.open()]
  const readers = streams.map(([, far]) => new Reader(far))
  for (const [near] of streams) for (let n = 0; n < 3; n++) near.send(new Uint8Array(200_000))
  for (let n = 0; n < 5; n++) {
    pair.clientEnd.deliver()
    pair.serverEnd.deliver()
  }
  assert.ok(
    readers.every(({ bytes }) => bytes.length > 0),
    'one of them had nothing for five turns',
  )
  await pair.settle()
  assert.deepEqual(
    readers.map(({ bytes }) => bytes.length),
    [600_000, 600_000, 600_000],
  )
})

test('an iterator reads at its own pace, and to the end', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  const data = randomBytes(700_000)
  near.send(data)
  const closed = near.close()
  await pair.settle()
  assert.equal(far.readBufferLength, WINDOW)
  const got: Uint8Array[] = []
  const reading = (async () => {
    for await (const piece of far) got.push(piece)
  })()
  while (Buffer.concat(got).length < data.length) await settle(pair.clientEnd, pair.serverEnd)
  await Promise.all([reading, closed])
  assert.ok(Buffer.concat(got).equals(data))
})

test('what is put back is read again before the rest, by the next listener', async () => {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  const first = new Promise<Uint8Array>((resolve) => {
    far.addEventListener('message', ({ data }) => resolve(data.subarray()), { once: true })
  })
  near.send(Buffer.from('abc'))
  await pair.settle()
  near.send(Buffer.from('def'))
  await pair.settle()
  far.unshift((await first).subarray(1))
  const reader = new Reader(far)
  await pair.settle()
  assert.equal(reader.bytes.toString(), 'bcdef')
})
