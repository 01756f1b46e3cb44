import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { SERVED_PIECE_BYTES, SERVED_PIECE_MS } from '../../../../src/network-worker/reqresp/limits.ts'
import { sendChunks } from '../../../../src/network-worker/reqresp/send-chunks.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** A stream that is full after each piece until it is drained by hand. */
function fullStream() {
  const sent: number[] = []
  const signals: AbortSignal[] = []
  let drain = (): void => undefined
  const stream = {
    writeStatus: 'writable' as Stream['writeStatus'],
    send: (data: Uint8Array) => {
      sent.push(data.byteLength)
      return false
    },
    onDrain: ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise<void>((resolve, reject) => {
        drain = resolve
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    },
  }
  return { stream, asStream: stream as unknown as Stream, sent, signals, drain: () => drain() }
}

async function* chunks(made: number[], ...lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) {
    made.push(length)
    yield new Uint8Array(length)
  }
}

test('a stream that is full gets nothing more, and nothing more is made, until it drains', async () => {
  const { asStream, sent, drain } = fullStream()
  const made: number[] = []
  const sending = sendChunks(asStream, chunks(made, SERVED_PIECE_BYTES + 1, 5), new FakeClock())
  await nextTurn()
  assert.deepEqual([sent, made], [[SERVED_PIECE_BYTES], [SERVED_PIECE_BYTES + 1]])
  drain()
  await nextTurn()
  assert.deepEqual([sent, made.length], [[SERVED_PIECE_BYTES, 1], 1])
  drain()
  await nextTurn()
  drain()
  await sending
  assert.deepEqual(sent, [SERVED_PIECE_BYTES, 1, 5])
})

test('a peer that does not read is given up after its time', async () => {
  const { asStream } = fullStream()
  const clock = new FakeClock()
  const sending = sendChunks(asStream, chunks([], 5, 5), clock)
  const failed = assert.rejects(sending, /does not read/)
  await nextTurn()
  clock.advance(SERVED_PIECE_MS)
  await failed
})

test('a peer that wants no more gets no more', async () => {
  const { stream, asStream, sent, drain } = fullStream()
  const made: number[] = []
  const sending = sendChunks(asStream, chunks(made, 5, 6, 7), new FakeClock())
  await nextTurn()
  stream.writeStatus = 'closed'
  drain()
  await sending
  assert.deepEqual([sent, made], [[5], [5, 6]])
})
