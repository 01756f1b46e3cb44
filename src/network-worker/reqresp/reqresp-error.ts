import type { AskedName } from './types.ts'

/**
 * Why a request of ours got no usable answer.
 * - `disconnected`: no open connection to the peer, or it closed before the answer
 * - `unsupported`: the peer speaks none of the versions
 * - `negotiation_timeout`: no protocol was agreed on within the limit
 * - `timeout`: no first byte, or no whole answer, within the limits
 * - `incomplete`: the peer closed its side before a whole answer
 * - `bad_response`: an answer that does not decode, `detail` says how
 * - `error_response`: a non-zero result byte, see `resultCode`
 * - `too_many_requests`: two of these requests to the peer are under way; our own doing
 * - `stream_error`: the stream could not be opened, or was reset
 */
export type ReqRespErrorKind =
  | 'disconnected'
  | 'unsupported'
  | 'negotiation_timeout'
  | 'timeout'
  | 'incomplete'
  | 'bad_response'
  | 'error_response'
  | 'too_many_requests'
  | 'stream_error'

/** A failed request. Callers switch on `kind` (and `request`), never on the message. */
export class ReqRespError extends Error {
  override readonly name = 'ReqRespError'
  readonly kind: ReqRespErrorKind
  readonly request: AskedName
  /** The result byte of an `error_response`, else undefined. */
  readonly resultCode: number | undefined

  constructor(
    kind: ReqRespErrorKind,
    request: AskedName,
    detail: string,
    options: ErrorOptions & { resultCode?: number } = {},
  ) {
    super(`${request}: ${detail}`, 'cause' in options ? { cause: options.cause } : undefined)
    this.kind = kind
    this.request = request
    this.resultCode = options.resultCode
  }
}
