import type { RequestName, ServedName } from './types.ts'

/** One version of one request, with the exact SSZ sizes both directions must announce. */
export interface ProtocolSpec {
  readonly name: RequestName
  readonly version: 1 | 2 | 3
  readonly id: string
  /** 0: the request has no body, not even a length prefix. */
  readonly requestBytes: number
  readonly responseBytes: number
}

/** A protocol on the wire (consensus-specs phase0 p2p-interface, "Protocol identification"). */
export function protocolId(name: RequestName | ServedName, version: 1 | 2 | 3): string {
  return `/eth2/beacon_chain/req/${name}/${version}/ssz_snappy`
}

function spec(name: RequestName, version: 1 | 2 | 3, requestBytes: number, responseBytes = requestBytes): ProtocolSpec {
  return { name, version, id: protocolId(name, version), requestBytes, responseBytes }
}

/**
 * All that is asked, and always answered, the newest version of a name first: that order is offered in negotiation.
 * What is answered only by a node that holds recent objects is in served-protocols.ts.
 * Sizes: consensus-specs p2p-interface of phase0 (status/1, goodbye, ping, metadata/1), altair (metadata/2) and
 * fulu (status/2, metadata/3).
 */
export const PROTOCOLS: readonly ProtocolSpec[] = [
  spec('status', 2, 92),
  spec('status', 1, 84),
  spec('ping', 1, 8),
  spec('metadata', 3, 0, 25),
  spec('metadata', 2, 0, 17),
  spec('metadata', 1, 0, 16),
  spec('goodbye', 1, 8),
]

/** The versions of a request, newest first. */
export function protocolsOf(name: RequestName): readonly ProtocolSpec[] {
  return PROTOCOLS.filter((protocol) => protocol.name === name)
}

/** Result bytes (consensus-specs phase0 p2p-interface, "Responding side"); 139 is what clients use for rate limits. */
export const RESULT_CODE = {
  success: 0,
  invalidRequest: 1,
  serverError: 2,
  resourceUnavailable: 3,
  rateLimited: 139,
} as const

/** Longest error text, `ErrorMessage: List[byte, 256]`. */
export const MAX_ERROR_BYTES = 256

/** The layout a status protocol's version stands for. */
export function statusVersion(protocol: ProtocolSpec): 1 | 2 {
  return protocol.version === 1 ? 1 : 2
}
