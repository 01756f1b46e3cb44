/** What the bounds need of discv5's session service and its types hide; checked when the node starts. */
import type { RequestErrorType, SessionService } from '@chainsafe/discv5'

export interface RequestCall {
  readonly request: { readonly id: bigint }
}

export interface SessionInternals {
  /** Requests sent and not answered, one for each node and socket. */
  readonly activeRequests: Map<string, RequestCall>
  /** Fails the request and those that wait behind it. */
  failRequest(call: RequestCall, error: RequestErrorType, removeSession: boolean): void
}

/** @throws Error when this is not the version of the library that it was written for */
export function sessionInternals(session: SessionService): SessionInternals {
  const internals = session as unknown as SessionInternals
  if (!(internals.activeRequests instanceof Map) || typeof internals.failRequest !== 'function') {
    throw new Error('discv5 has changed inside: its session service has no activeRequests or failRequest')
  }
  return internals
}
