/** What the bounds need of discv5's session service and its types hide; checked when the node starts. */
import type { IDiscv5Events, RequestErrorType, SessionService } from '@chainsafe/discv5'
import type { ENR } from '@chainsafe/enr'

export type NodeAddress = Parameters<IDiscv5Events['talkReqReceived']>[0]

export interface RequestCall {
  readonly request: { readonly id: bigint }
}

export interface SessionInternals {
  /** Requests sent and not answered, one for each node and socket. */
  readonly activeRequests: Map<string, RequestCall>
  /** Fails the request and those that wait behind it. */
  failRequest(call: RequestCall, error: RequestErrorType, removeSession: boolean): void
  /** Whether the record is that of the node, at the address that it was seen at. */
  verifyEnr(record: ENR, node: NodeAddress): boolean
}

/** @throws Error when this is not the version of the library that it was written for */
export function sessionInternals(session: SessionService): SessionInternals {
  const internals = session as unknown as SessionInternals
  const methods = [internals.failRequest, internals.verifyEnr]
  if (!(internals.activeRequests instanceof Map) || methods.some((method) => typeof method !== 'function')) {
    throw new Error('discv5 has changed inside: its session service lacks activeRequests, failRequest or verifyEnr')
  }
  return internals
}
