import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import { SERVED_PIECE_BYTES } from '../limits.ts'
import type { BytePace } from './byte-pace.ts'
import type { ServedAnswerState } from './served-answers.ts'

export interface SendChunksDeps {
  readonly clock: Clock
  /** Of all answers together. */
  readonly pace: Pick<BytePace, 'take'>
  readonly answer: Pick<ServedAnswerState, 'beginWait' | 'endWait'>
}

/**
 * Hands bytes to a stream no faster than it and the pace take them: what is not sent yet is not made yet. Ends early
 * when the peer wants no more.
 * @throws when the peer reads too slowly, and what the stream says
 */
export async function sendChunks(
  stream: Stream,
  chunks: AsyncIterable<Uint8Array>,
  { clock, pace, answer }: SendChunksDeps,
): Promise<void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SERVED_PIECE_BYTES) {
      const piece = chunk.subarray(at, at + SERVED_PIECE_BYTES)
      const pauseMs = pace.take(piece.length)
      if (pauseMs > 0) await paused(clock, pauseMs)
      if (stream.writeStatus !== 'writable') return
      if (stream.send(piece)) continue
      await drained(stream, clock, answer.beginWait())
      answer.endWait(piece.length)
    }
  }
}

async function paused(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => void clock.after(ms, resolve))
}

/**
 * Resolves when the stream takes more, or has closed. By its events: the `onDrain` of libp2p's own streams, which QUIC
 * and mplex have, waits the first time only. To be called in the turn that found the stream full.
 */
async function drained(stream: Stream, clock: Clock, limitMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const done = (): void => resolve()
  using _timer = clock.after(limitMs, () => reject(new Error('the peer does not read its answer')))
  stream.addEventListener('drain', done)
  stream.addEventListener('close', done)
  try {
    await promise
  } finally {
    stream.removeEventListener('drain', done)
    stream.removeEventListener('close', done)
  }
}
