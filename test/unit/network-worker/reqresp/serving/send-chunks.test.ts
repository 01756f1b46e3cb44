import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SERVED_PATIENCE_MS, SERVED_PIECE_BYTES } from '../../../../../src/network-worker/reqresp/limits.ts'
import { sendChunks } from '../../../../../src/network-worker/reqresp/serving/send-chunks.ts'
import { ServedAnswers } from '../../../../../src/network-worker/reqresp/serving/served-answers.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { FullStream } from '../full-stream.ts'

interface Scene {
  readonly clock: FakeClock
  readonly stream: FullStream
  /** Lengths of the chunks that were made. */
  readonly made: number[]
  /** Ms that each piece is kept back. */
  pauseMs: number
  send(...lengths: readonly number[]): Promise<void>
}

function scene(): Scene {
  const clock = new FakeClock()
  const made: number[] = []
  const stream = new FullStream()
  const answer = new ServedAnswers(clock).begin('peer', stream)
  assert.ok(answer !== undefined)
  const current: Scene = {
    clock,
    stream,
    made,
    pauseMs: 0,
    send: (...lengths) =>
      sendChunks(stream, chunks(made, lengths), { clock, pace: { take: () => current.pauseMs }, answer }),
  }
  return current
}

async function* chunks(made: number[], lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) {
    made.push(length)
    yield new Uint8Array(length)
  }
}

test('a stream that is full gets nothing more, and nothing more is made, each time until it drains', async () => {
  const { stream, made, send } = scene()
  const sending = send(SERVED_PIECE_BYTES + 1, 5, 6, 7)
  const steps = [SERVED_PIECE_BYTES, 1, 5, 6, 7]
  for (const [i, bytes] of steps.entries()) {
    await nextTurn()
    assert.deepEqual(stream.sent, steps.slice(0, i + 1))
    assert.equal(stream.writeBufferLength, 0)
    assert.equal(made.length, Math.max(1, i), `${bytes}`)
    stream.drain()
  }
  await sending
})

test('a peer that does not read is given up after its time', async () => {
  const { clock, send } = scene()
  const failed = assert.rejects(send(5, 5), /does not read/)
  await nextTurn()
  clock.advance(SERVED_PATIENCE_MS)
  await failed
  assert.equal(clock.pending, 0)
})

test('a stream that ends while it is full ends the answer', async () => {
  const { clock, stream, made, send } = scene()
  const sending = send(5, 6)
  await nextTurn()
  stream.abort(new Error('gone'))
  await sending
  assert.deepEqual([made, clock.pending], [[5, 6], 0])
})

test('a piece is kept back as long as the pace of all answers says', async () => {
  const current = scene()
  current.pauseMs = 40
  const sending = current.send(5)
  await nextTurn()
  assert.deepEqual(current.stream.sent, [])
  current.clock.advance(40)
  await nextTurn()
  assert.deepEqual(current.stream.sent, [5])
  current.stream.drain()
  await sending
})
