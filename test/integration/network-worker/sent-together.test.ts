/** Something short in front of a message, over TCP with noise and yamux of ours: one write, and readable before the rest. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { YamuxMuxer } from '../../../src/network-worker/host/yamux/yamux-muxer.ts'
import type { YamuxStream } from '../../../src/network-worker/host/yamux/yamux-stream.ts'
import { until } from '../../support/until.ts'
import { type SecuredPair, securedPair, socketOf } from './noise-scene.ts'

const FRONT = Buffer.alloc(27, 1)
/** Of noise: its length and its tag. */
const FRAME_OVERHEAD_BYTES = 2 + 16
/** Of yamux. */
const HEADER_BYTES = 12

/** A stream from one end to the other, and the pieces in which its bytes come. */
async function openStream({ near, far }: SecuredPair) {
  const [dialler, listener] = [new YamuxMuxer(near), new YamuxMuxer(far)]
  const accepted: Stream[] = []
  const pieces: Buffer[] = []
  listener.addEventListener('stream', ({ detail }) => {
    accepted.push(detail)
    detail.addEventListener('message', ({ data }) => void pieces.push(Buffer.from(data.subarray())))
  })
  const stream: YamuxStream = await dialler.createStream()
  let answers = 0
  stream.addEventListener('message', () => void answers++)
  await until('the stream', () => accepted.length === 1)
  // Comes behind the other side's first ping, which is answered then.
  accepted[0]?.send(Uint8Array.of(0))
  await until('an answer', () => answers === 1)
  return { stream, pieces }
}

/** Lengths of what goes to a socket from now on. */
function writesOf({ raw }: SecuredPair): number[] {
  const socket = socketOf(raw.dialled)
  const write = socket.write.bind(socket)
  const lengths: number[] = []
  socket.write = ((bytes: Uint8Array) => {
    lengths.push(bytes.length)
    return write(bytes)
  }) as typeof socket.write
  return lengths
}

for (const bytes of [3000, 70_000, 240_000]) {
  test(`a message of ${bytes} bytes goes with it in one write`, async () => {
    await using pair = await securedPair()
    const { stream, pieces } = await openStream(pair)
    const writes = writesOf(pair)
    const rest = randomBytes(bytes)
    stream.sendTogether(FRONT, rest)
    assert.equal(writes.length, 1)
    await until('all of it', () => pieces.reduce((sum, { length }) => sum + length, 0) === FRONT.length + bytes)
    assert.ok(Buffer.concat(pieces).equals(Buffer.concat([FRONT, rest])))
  })
}

test('it is read though nothing else has come yet', async () => {
  await using pair = await securedPair()
  const { stream, pieces } = await openStream(pair)
  const socket = socketOf(pair.raw.dialled)
  const write = socket.write.bind(socket)
  const shortestBytes = FRAME_OVERHEAD_BYTES + HEADER_BYTES + FRONT.length
  let held: Buffer | undefined
  socket.write = ((bytes: Uint8Array) => {
    socket.write = write
    held = Buffer.from(bytes.subarray(shortestBytes))
    return write(bytes.slice(0, shortestBytes))
  }) as typeof socket.write
  const rest = randomBytes(70_000)
  stream.sendTogether(FRONT, rest)
  await until('the front', () => pieces.length > 0)
  assert.ok(Buffer.concat(pieces).equals(FRONT))
  assert.ok(held !== undefined && held.length > rest.length)
  write(held)
  await until('the rest', () => pieces.reduce((sum, { length }) => sum + length, 0) === FRONT.length + rest.length)
  assert.ok(Buffer.concat(pieces).equals(Buffer.concat([FRONT, rest])))
})
