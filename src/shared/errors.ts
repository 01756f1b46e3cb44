/**
 * Every failure a caller can act on, and the HTTP status it becomes. The one table: nothing matches on message text,
 * and an error keeps its code across the worker's port.
 */
export const ERROR_STATUS = {
  BAD_REQUEST: 400,
  BAD_PEER_ID: 400,
  BAD_ENR: 400,
  BAD_MULTIADDR: 400,
  BAD_TOPIC: 400,
  BAD_IP_RANGE: 400,
  CONFIG_INVALID: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN_HOST: 403,
  FORBIDDEN_ORIGIN: 403,
  PEER_NOT_FOUND: 404,
  PEER_NOT_BANNED: 404,
  PEER_NOT_TRUSTED: 404,
  RANGE_NOT_BANNED: 404,
  AGENT_NOT_BANNED: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  TOPIC_NOT_SUBSCRIBED: 404,
  PEER_NOT_CONNECTED: 409,
  PEER_NOT_SUBSCRIBED: 409,
  PEER_IN_BACKOFF: 409,
  PEER_EXPLICIT: 409,
  PEER_BANNED: 409,
  PEER_HAS_NO_ENR: 409,
  LIST_FULL: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  DIAL_QUEUE_FULL: 429,
  INTERNAL: 500,
  LISTEN_FAILED: 500,
  RPC_CLOSED: 503,
  SUBSCRIBERS_FULL: 503,
  NOT_READY: 503,
  RPC_TIMEOUT: 504,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof ERROR_STATUS
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>

/** True when `code` names a row of the table: used on what arrives over a port, where types are only a promise. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_STATUS, code)
}

/** The one error class. `message` is what a client is shown, so it never carries secrets or stack traces. */
export class RelayError extends Error {
  override readonly name = 'RelayError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }

  /** Any thrown value as a RelayError: itself when it is one, else INTERNAL with the original as `cause`. */
  static from(cause: unknown): RelayError {
    if (cause instanceof RelayError) return cause
    return new RelayError('INTERNAL', cause instanceof Error ? cause.message : String(cause), {}, { cause })
  }
}
