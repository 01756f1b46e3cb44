/** Payloads on a Req/Resp stream: uvarint(SSZ length) and snappy frames, in answers after a result byte. */
import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import { encodeFrames, FrameDecoder } from '../consensus/snappy/snappy-frames.ts'

const SUCCESS = 0
/** The largest payload here is a status of 92 bytes: one byte of uvarint, and far less than this in frames. */
const MAX_STREAM_BYTES = 1024

/**
 * A request's bytes on the wire.
 * @param ssz shorter than 128 bytes, so that its length is one byte of uvarint
 */
export function encodePayload(ssz: Uint8Array): Uint8Array {
  if (ssz.length >= 0x80) throw new Error(`no payload here has ${ssz.length} bytes`)
  return Buffer.concat([Uint8Array.of(ssz.length), encodeFrames(ssz)])
}

/** A successful answer's bytes on the wire. */
export function encodeChunk(ssz: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(SUCCESS), encodePayload(ssz)])
}

export interface ExpectedPayload {
  /** 1 when a result byte comes first, which must be success. */
  readonly prefixBytes: 0 | 1
  /** The type's exact size. */
  readonly sszBytes: number
  readonly signal: AbortSignal
}

/**
 * The payload in `bytes`, or undefined while some of it is missing.
 * @throws Error when it is not what is expected
 */
export function decodePayload(bytes: Uint8Array, expected: Omit<ExpectedPayload, 'signal'>): Uint8Array | undefined {
  const { prefixBytes, sszBytes } = expected
  if (bytes.length <= prefixBytes) return undefined
  if (prefixBytes === 1 && bytes[0] !== SUCCESS) throw new Error(`result code ${bytes[0]}`)
  if (bytes[prefixBytes] !== sszBytes) throw new Error(`length ${bytes[prefixBytes]} instead of ${sszBytes}`)
  const step = new FrameDecoder(sszBytes).push(bytes.subarray(prefixBytes + 1))
  if (step.status === 'error') throw new Error(step.reason)
  return step.status === 'done' ? step.bytes : undefined
}

/**
 * Reads one payload of a known size from a stream.
 * @throws Error when the stream ends early, holds something else, or `signal` aborts
 */
export async function readPayload(stream: Stream, expected: ExpectedPayload): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  let received = new Uint8Array(0)
  const onMessage = (event: StreamMessageEvent): void => {
    received = Buffer.concat([received, event.data.subarray()])
    try {
      const payload = decodePayload(received, expected)
      if (payload !== undefined) resolve(payload)
      else if (received.length > MAX_STREAM_BYTES) reject(new Error('too many bytes'))
    } catch (cause) {
      reject(cause)
    }
  }
  const onEnd = (): void => reject(new Error('the stream ended early'))
  const onAbort = (): void => reject(expected.signal.reason)
  stream.addEventListener('message', onMessage)
  stream.addEventListener('end', onEnd)
  stream.addEventListener('close', onEnd)
  expected.signal.addEventListener('abort', onAbort)
  try {
    return await promise
  } finally {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('end', onEnd)
    stream.removeEventListener('close', onEnd)
    expected.signal.removeEventListener('abort', onAbort)
  }
}
