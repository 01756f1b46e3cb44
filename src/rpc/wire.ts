/**
 * The frames that cross the two ports between main and a worker, and the guards that tell them apart on arrival.
 * Control port: `Request` one way, `Response` the other. Event port: `EventBatch` one way, `EventAck` the other.
 */
import { type ErrorCode, type ErrorDetails, isErrorCode, RelayError } from '../shared/errors.ts'

export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

export interface Request {
  readonly kind: 'request'
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type Response =
  | { readonly kind: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }

/** One event by name, for each event of the contract `E`. */
export type EventRecord<E> = { readonly [K in keyof E]: { readonly name: K; readonly data: E[K] } }[keyof E]

export interface EventBatch<E> {
  readonly kind: 'events'
  /** Records the sender gave up since its last batch, because the receiver did not keep up. */
  readonly dropped: number
  readonly records: readonly EventRecord<E>[]
}

/** Says that one batch was handled, so that the sender knows how many wait at the receiver. */
export interface EventAck {
  readonly kind: 'ack'
}

/** The part of a MessagePort that both ends rely on. */
export interface Port {
  postMessage(frame: unknown): void
  on(event: 'message', listener: (frame: unknown) => void): unknown
  on(event: 'close', listener: () => void): unknown
  off(event: 'message', listener: (frame: unknown) => void): unknown
  off(event: 'close', listener: () => void): unknown
}

function hasKind(frame: unknown): frame is { readonly kind: unknown } {
  return typeof frame === 'object' && frame !== null && 'kind' in frame
}

export function isRequest(frame: unknown): frame is Request {
  return hasKind(frame) && frame.kind === 'request'
}

export function isResponse(frame: unknown): frame is Response {
  return hasKind(frame) && (frame.kind === 'ok' || frame.kind === 'error')
}

export function isEventBatch<E>(frame: unknown): frame is EventBatch<E> {
  return hasKind(frame) && frame.kind === 'events'
}

export function isEventAck(frame: unknown): frame is EventAck {
  return hasKind(frame) && frame.kind === 'ack'
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function toRelayError(cause: unknown): RelayError {
  try {
    return RelayError.from(cause)
  } catch {
    return new RelayError('INTERNAL', 'a value without text was thrown') // as an object without prototype is
  }
}

/**
 * Any thrown value as plain data that always survives a structured clone. `RelayError` keeps its code, message and
 * details (members that are no plain scalar are left out); everything else becomes INTERNAL with its message.
 */
export function toWireError(cause: unknown): WireError {
  const { code, message, details } = toRelayError(cause)
  const plain = Object.fromEntries(Object.entries(details).filter(([, value]) => isPlain(value)))
  return { code, message: String(message), details: plain }
}

/** The error as the caller sees it; a code that is not in our table becomes INTERNAL. */
export function fromWireError(error: WireError): RelayError {
  return new RelayError(isErrorCode(error.code) ? error.code : 'INTERNAL', error.message, error.details)
}
