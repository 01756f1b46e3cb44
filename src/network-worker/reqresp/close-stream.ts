import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import { CLOSE_MS, LINGER_MS } from './limits.ts'

/** True when neither side can use the stream any more. */
function isFinished(stream: Stream): boolean {
  return stream.status !== 'open' && stream.status !== 'closing'
}

/** Flushes and closes our write side. A peer that takes no bytes for 5 s gets the stream reset; never rejects. */
export async function closeWrite(stream: Stream, clock: Clock): Promise<void> {
  const controller = new AbortController()
  using _timer = clock.after(CLOSE_MS, () => controller.abort(new Error('closing took too long')))
  try {
    await stream.close({ signal: controller.signal })
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('close failed'))
  }
}

/**
 * Waits until the other side closes too, at most 5 s, then resets the stream: without this, a peer that never closes
 * keeps our end in memory. `onBytes` sees the size of what still arrives and answers whether that is too much, which
 * resets the stream at once.
 */
export async function awaitClose(stream: Stream, clock: Clock, onBytes: (bytes: number) => boolean): Promise<void> {
  if (isFinished(stream)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const onClose = (): void => resolve()
  const onMessage = (event: StreamMessageEvent): void => {
    if (onBytes(event.data.byteLength)) stream.abort(new Error('bytes after the end of the message'))
  }
  using _timer = clock.after(LINGER_MS, () => stream.abort(new Error('the other side did not close')))
  stream.addEventListener('close', onClose)
  stream.addEventListener('message', onMessage)
  await promise
  stream.removeEventListener('close', onClose)
  stream.removeEventListener('message', onMessage)
}
