import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import type { Decoder, DecodeStep } from '../codec/message-decoder.ts'

export interface ReceiveLimits {
  /** From the call to the first byte; left out, only `totalMs` holds. */
  readonly firstByteMs?: number
  /** From the call to the last byte. */
  readonly totalMs: number
}

/**
 * How reading one message ended.
 * - `ended`: the other side closed its write side first
 * - `failed`: the stream was reset or aborted first
 */
export type Received<T> =
  | { readonly status: 'done'; readonly value: T; readonly extraBytes: number; readonly firstByteAtMs: number }
  | { readonly status: 'error'; readonly kind: 'bad_length' | 'bad_frame'; readonly reason: string }
  | { readonly status: 'ended'; readonly bytes: number }
  | { readonly status: 'failed'; readonly cause: Error | undefined }
  | { readonly status: 'timeout' }

/** The pieces of a message event without joining them: a peer decides how much comes at once. */
function piecesOf(data: StreamMessageEvent['data']): Iterable<Uint8Array> {
  return data instanceof Uint8Array ? [data] : data
}

/** Feeds one event's bytes to `decoder`; bytes after a whole message are counted, not decoded. */
function feed<T>(decoder: Decoder<T>, data: StreamMessageEvent['data']): DecodeStep<T> {
  let step: DecodeStep<T> = { status: 'need_more' }
  let left = data.byteLength
  for (const piece of piecesOf(data)) {
    left -= piece.byteLength
    step = decoder.push(piece)
    if (step.status === 'done') return { ...step, restBytes: step.restBytes + left }
    if (step.status === 'error') return step
  }
  return step
}

/**
 * Reads one message from a stream and never rejects. Listens from the call on, so call it before anything is sent
 * or closed: once both sides are closed, a muxer throws away what arrives and nobody listened for. The other side's
 * half-close is no condition for a whole message, only the end of an unfinished one.
 */
export function receive<T>(
  stream: Stream,
  decoder: Decoder<T>,
  clock: Clock,
  limits: ReceiveLimits,
): Promise<Received<T>> {
  const { promise, resolve } = Promise.withResolvers<Received<T>>()
  let bytes = 0
  let firstByteAtMs = 0
  let cause: Error | undefined
  let settled = false

  const onTimeout = (): void => settle({ status: 'timeout' })
  const total = clock.after(limits.totalMs, onTimeout)
  const firstByte = limits.firstByteMs === undefined ? undefined : clock.after(limits.firstByteMs, onTimeout)

  const onMessage = (event: StreamMessageEvent): void => {
    if (settled || event.data.byteLength === 0) return
    if (bytes === 0) {
      firstByteAtMs = clock.monotonicMs()
      firstByte?.[Symbol.dispose]()
    }
    bytes += event.data.byteLength
    const step = feed(decoder, event.data)
    if (step.status === 'error') settle(step)
    else if (step.status === 'done') {
      settle({ status: 'done', value: step.value, extraBytes: step.restBytes, firstByteAtMs })
    } else checkEnd()
  }
  const onClose = (event: StreamCloseEvent): void => {
    cause = event.error
    checkEnd()
  }
  // Deferred: yamux may carry the last bytes and the end in one frame, and announces the end first.
  const checkEnd = (): void =>
    queueMicrotask(() => {
      if (settled || stream.readBufferLength > 0) return
      if (stream.status === 'aborted' || stream.status === 'reset') settle({ status: 'failed', cause })
      else if (stream.remoteWriteStatus === 'closed') settle({ status: 'ended', bytes })
    })
  const settle = (outcome: Received<T>): void => {
    if (settled) return
    settled = true
    total[Symbol.dispose]()
    firstByte?.[Symbol.dispose]()
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('remoteCloseWrite', checkEnd)
    stream.removeEventListener('close', onClose)
    resolve(outcome)
  }

  stream.addEventListener('message', onMessage)
  stream.addEventListener('remoteCloseWrite', checkEnd)
  stream.addEventListener('close', onClose)
  checkEnd()
  return promise
}
