/**
 * The one place where a failure becomes an HTTP answer. Whatever a handler throws ends here: a `RelayError` keeps its
 * status and text, an error of the body parser or the router is mapped by its type, anything else is our fault, answers
 * 500 with an id, and is logged in full under that id.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorRequestHandler } from 'express'
import { ERROR_STATUS, type ErrorCode, type ErrorDetails, RelayError } from '../shared/errors.ts'
import type { Logger } from '../shared/logger.ts'

type Texts = Partial<Readonly<Record<ErrorCode, string>>>

/** Where the relay's API document and the standard differ in their words. */
const OWN_TEXT: Texts = { BAD_PEER_ID: 'invalid peer id', PEER_NOT_FOUND: 'peer not found' }
/** The standard repeats a peer id that is none: whoever throws says it. */
const STANDARD_TEXT: Texts = { PEER_NOT_FOUND: 'Peer not found' }

/** Codes whose text the API document fixes, or whose own message is about our insides. */
const FIXED_TEXT: Texts = {
  PEER_NOT_CONNECTED: 'peer not connected',
  PEER_NOT_BANNED: 'peer not found in banned list',
  PEER_NOT_TRUSTED: 'peer not found in trusted list',
  PEER_HAS_NO_ENR: 'peer has no ENR',
  BAD_IP_RANGE: 'invalid IP range',
  RANGE_NOT_BANNED: 'IP range not found in banned list',
  AGENT_NOT_BANNED: 'agent not found in banned list',
  BAD_TOPIC: 'invalid topic',
  TOPIC_NOT_SUBSCRIBED: 'not subscribed to topic',
  PEER_NOT_SUBSCRIBED: 'peer not subscribed to topic',
  PEER_IN_BACKOFF: 'peer in backoff',
  PEER_EXPLICIT: 'peer is explicit',
  RPC_CLOSED: 'the network worker is not running',
  RPC_TIMEOUT: 'the network worker did not answer in time',
}

/** Details that clients are told beside the text. */
const SHOWN_DETAILS: Partial<Readonly<Record<ErrorCode, readonly string[]>>> = { PEER_IN_BACKOFF: ['retry_after_ms'] }

const PARSER_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'entity.parse.failed': ['BAD_REQUEST', 'malformed JSON'],
  'entity.too.large': ['BODY_TOO_LARGE', 'body too large'],
  'encoding.unsupported': ['UNSUPPORTED_MEDIA_TYPE', 'content encoding not supported'],
  'charset.unsupported': ['UNSUPPORTED_MEDIA_TYPE', 'charset not supported'],
}

/** Body parser and router mark what the client did wrong with a 4xx `status`, and most kinds with a `type`. */
function fromLibraryError(cause: unknown): RelayError | undefined {
  if (!(cause instanceof Error) || !('status' in cause)) return undefined
  const { status } = cause
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  const type = 'type' in cause && typeof cause.type === 'string' ? cause.type : ''
  const [code, text] = PARSER_ERRORS[type] ?? ['BAD_REQUEST', 'malformed request']
  return new RelayError(code, text, {}, { cause })
}

/** The path the client asked for: inside a router `url` has lost its mount point. */
function askedPath(request: IncomingMessage & { readonly originalUrl?: string }): string {
  return (request.originalUrl ?? request.url ?? '').split('?', 1)[0] ?? ''
}

function shownDetails({ code, details }: RelayError): ErrorDetails {
  const names = SHOWN_DETAILS[code] ?? []
  return Object.fromEntries(Object.entries(details).filter(([name]) => names.includes(name)))
}

function shownText({ code, message }: RelayError, isStandardPath: boolean): string {
  return (isStandardPath ? STANDARD_TEXT : OWN_TEXT)[code] ?? FIXED_TEXT[code] ?? message
}

/** Logs a fault of ours and answers the text that lets an operator find it. */
function reportFault(log: Logger, request: IncomingMessage, error: RelayError): string {
  const errorId = randomBytes(4).toString('hex')
  const path = askedPath(request).slice(0, 200)
  log.error({ err: error.cause ?? error, errorId, method: request.method, path }, 'API request failed')
  return `internal error ${errorId}`
}

/**
 * Answers `cause` on `response`: `{"code","message"}` below `/eth/`, as the standard beacon node API has it, and
 * `{"error"}` on the relay's own paths. A response that has begun cannot be taken back; its connection is cut.
 */
export function answerProblem(log: Logger, request: IncomingMessage, response: ServerResponse, cause: unknown): void {
  if (response.headersSent) {
    log.error({ err: cause }, 'API answer failed after its head was sent')
    response.destroy()
    return
  }
  const error = fromLibraryError(cause) ?? RelayError.from(cause)
  const status = ERROR_STATUS[error.code]
  const isStandardPath = askedPath(request).startsWith('/eth/')
  const text = status === 500 ? reportFault(log, request, error) : shownText(error, isStandardPath)
  const body = isStandardPath ? { code: status, message: text } : { error: text, ...shownDetails(error) }
  const bytes = Buffer.from(JSON.stringify(body))
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

/** The app's error middleware. Express knows one by its four parameters. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (cause, request, response, _next) => answerProblem(log, request, response, cause)
}
