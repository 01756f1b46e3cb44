import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { AskedProtocol, OpenedStream } from './asking/open-stream.ts'
import { type Received, receive } from './asking/receive.ts'
import { closeWrite } from './close-stream.ts'
import { encodeRequest } from './codec/framing.ts'
import type { Decoder } from './codec/message-decoder.ts'
import { FIRST_BYTE_MS, RESPONSE_MS } from './limits.ts'
import { ReqRespError } from './reqresp-error.ts'
import type { AskedName } from './types.ts'

/**
 * Sends what `ssz` makes, receives what `decoder` makes of the answer, and resolves with what `finish` makes of that once our
 * side is closed. `sentAtMs` is when the request was handed to the stream, monotonic.
 * @throws ReqRespError `stream_error` for a value of ours that has no encoding; whatever `finish` throws
 */
export async function exchange<Whole, Result>(
  { stream, protocol }: OpenedStream<AskedProtocol>,
  ssz: () => Uint8Array,
  { decoder, clock }: { readonly decoder: Decoder<Whole>; readonly clock: Clock },
  finish: (received: Received<Whole>, sentAtMs: number) => Result,
): Promise<Result> {
  const body = bodyOf(protocol.name, ssz)
  const receiving = receive(stream, decoder, clock, { firstByteMs: FIRST_BYTE_MS, totalMs: RESPONSE_MS })
  const sentAtMs = clock.monotonicMs()
  send(stream, body)
  const closing = closeWrite(stream, clock)
  const result = finish(await receiving, sentAtMs)
  await closing
  return result
}

/** The request on the wire. @throws ReqRespError for a value of ours that has no encoding */
function bodyOf(name: AskedName, ssz: () => Uint8Array): Uint8Array {
  try {
    return encodeRequest(ssz())
  } catch (error) {
    throw new ReqRespError('stream_error', name, 'our request could not be encoded', { cause: error })
  }
}

/** Hands the body over; a stream that cannot take it is aborted, which ends the receiving too. */
function send(stream: Stream, body: Uint8Array): void {
  if (body.length === 0) return
  try {
    stream.send(body)
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('send failed'))
  }
}
