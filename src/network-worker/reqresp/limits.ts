import type { RequestName, ServedName } from './types.ts'

/** Agreeing on a protocol. Clients give up between 5 and 15 s. */
export const NEGOTIATION_MS = 10_000
/** TTFB_TIMEOUT of the specification and of the clients. */
export const FIRST_BYTE_MS = 5_000
/** RESP_TIMEOUT of the specification and of the clients: a whole answer. */
export const RESPONSE_MS = 10_000
/** A whole inbound request: the same measure for both sides. */
export const REQUEST_READ_MS = 10_000
/** Flushing and half-closing our side; a peer that does not read must not hold a stream open. */
export const CLOSE_MS = 5_000
/** How long a finished stream waits for the other side to close before it is reset. */
export const LINGER_MS = 5_000
/** We are leaving: nobody waits longer than this for a goodbye. */
export const GOODBYE_MS = 1_000

/** MAX_CONCURRENT_REQUESTS of the specification: per protocol and peer, in each direction. */
export const MAX_CONCURRENT = 2
/** Inbound streams of one peer, finished ones that wait for its close included; clients use the same bound. */
export const MAX_INBOUND_STREAMS = 32
/** Bytes of an unread request that are thrown away after an early refusal; the longest whole request is far below. */
export const MAX_DISCARD_BYTES = 4_096

/** Answers of many objects under way, of all peers: each holds one object, of 3 MB at most, and what its stream buffers. */
export const MAX_SERVED_AT_ONCE = 16
/** One piece of such an answer handed to a stream, which may then be full. */
export const SERVED_PIECE_BYTES = 65_536
/** How long a peer may leave such a piece unread. */
export const SERVED_PIECE_MS = 10_000

export interface Quota {
  /** For what is served, objects: an answer without any counts as one. */
  readonly requests: number
  readonly periodMs: number
}

/** Inbound requests per peer, as Lighthouse and Lodestar serve them. All versions of a name share one quota. */
export const INBOUND_QUOTAS: Readonly<Record<RequestName | ServedName, Quota>> = {
  status: { requests: 5, periodMs: 15_000 },
  ping: { requests: 2, periodMs: 10_000 },
  metadata: { requests: 2, periodMs: 5_000 },
  goodbye: { requests: 1, periodMs: 10_000 },
  beacon_blocks_by_range: { requests: 128, periodMs: 10_000 },
  beacon_blocks_by_root: { requests: 128, periodMs: 10_000 },
  // A quarter of what those clients serve: an epoch of all columns, which with many blobs has 190 MB.
  data_column_sidecars_by_range: { requests: 4_096, periodMs: 10_000 },
  data_column_sidecars_by_root: { requests: 4_096, periodMs: 10_000 },
}

/** Peers whose quota state is kept: many times the connections a node holds; the oldest is dropped first. */
export const MAX_QUOTA_PEERS = 4_096

/** Some clients announce the empty body of a metadata request: a zero length and a bare snappy stream identifier. */
export const MAX_EMPTY_BODY_BYTES = 11

/** How long the close of a connection may lag behind the end of its streams: a long round trip. */
export const CLOSE_NOTICE_MS = 500
