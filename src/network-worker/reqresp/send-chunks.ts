import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import { SERVED_PIECE_BYTES, SERVED_PIECE_MS } from './limits.ts'

/**
 * Hands bytes to a stream no faster than it takes them: what is not sent yet is not made yet. Ends early when the peer
 * wants no more.
 * @throws when the peer leaves a piece unread for too long, and what the stream says
 */
export async function sendChunks(stream: Stream, chunks: AsyncIterable<Uint8Array>, clock: Clock): Promise<void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SERVED_PIECE_BYTES) {
      if (stream.writeStatus !== 'writable') return
      if (!stream.send(chunk.subarray(at, at + SERVED_PIECE_BYTES))) await drained(stream, clock)
    }
  }
}

async function drained(stream: Stream, clock: Clock): Promise<void> {
  const controller = new AbortController()
  using _timer = clock.after(SERVED_PIECE_MS, () => controller.abort(new Error('the peer does not read its answer')))
  await stream.onDrain({ signal: controller.signal })
}
