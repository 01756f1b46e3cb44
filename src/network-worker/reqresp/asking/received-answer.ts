/** What was received of a stream as an answer, or the error that it is instead. */

import type { ResponseChunk } from '../codec/response-decoder.ts'
import { RESULT_CODE } from '../protocols.ts'
import { ReqRespError } from '../reqresp-error.ts'
import type { AskedName, RequestName } from '../types.ts'
import type { Received } from './receive.ts'

/** A successful chunk and nothing after it. @throws ReqRespError for all else */
export function wholeChunk(
  name: RequestName,
  received: Received<ResponseChunk>,
  resultCode: number | undefined,
): { readonly chunk: ResponseChunk; readonly firstByteAtMs: number } {
  const refused = resultCode !== undefined && resultCode !== RESULT_CODE.success
  if (refused && received.status !== 'error') {
    throw new ReqRespError('error_response', name, errorText(received), { resultCode })
  }
  if (received.status !== 'done' || received.extraBytes > 0) throw failureOf(name, received)
  return { chunk: received.value, firstByteAtMs: received.firstByteAtMs }
}

/** The bytes of an answer that the peer ended, without having refused. @throws ReqRespError for all else */
export function wholeAnswer(name: AskedName, received: Received<never>, resultCode: number | undefined): number {
  if (received.status !== 'ended') throw failureOf(name, received)
  if (resultCode !== undefined && resultCode !== RESULT_CODE.success) {
    throw new ReqRespError('error_response', name, 'refused', { resultCode })
  }
  return received.bytes
}

function failureOf(name: AskedName, received: Received<unknown>): ReqRespError {
  switch (received.status) {
    case 'done':
      return new ReqRespError('bad_response', name, 'bytes after the answer')
    case 'error':
      return new ReqRespError('bad_response', name, received.reason)
    case 'timeout':
      return new ReqRespError('timeout', name, 'no whole answer in time')
    case 'ended':
      return new ReqRespError('incomplete', name, `ended after ${received.bytes} bytes`)
    case 'failed':
      return new ReqRespError('stream_error', name, 'stream reset', { cause: received.cause })
  }
}

/** What the peer said, as far as it said it. Untrusted text: at most 256 bytes, for a log line only. */
function errorText(received: Received<ResponseChunk>): string {
  return received.status === 'done' ? Buffer.from(received.value.bytes).toString() : 'no error text'
}
