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
/** Of an answer that is thrown away; eight blocks are half a MB. Who sends more than this is not heard out. */
export const MAX_SWALLOWED_BYTES = 4 * 1024 * 1024
/** We are leaving: nobody waits longer than this for a goodbye. */
export const GOODBYE_MS = 1_000

/** MAX_CONCURRENT_REQUESTS of the specification: per protocol and peer, in each direction. */
export const MAX_CONCURRENT = 2
/** Inbound streams of one peer, finished ones that wait for its close included; clients use the same bound. */
export const MAX_INBOUND_STREAMS = 32
/** Bytes of an unread request that are thrown away after an early refusal, unless a whole request may have more. */
export const MAX_DISCARD_BYTES = 4_096

/** Answers of many objects under way, of all peers: each holds one object, of 3 MB at most, and what its stream buffers. */
export const MAX_SERVED_AT_ONCE = 32
/** Of one peer: two protocols, each as often as MAX_CONCURRENT allows. */
export const MAX_SERVED_OF_PEER = 4
/** When there are as many, one whose reader has kept it waiting so long gives way: whoever reads is served. */
export const GIVE_WAY_MS = 1_000
/** One piece of such an answer handed to a stream, which may then be full. */
export const SERVED_PIECE_BYTES = 65_536
/** How long a peer may leave an answer unread, all in all; reading earns it more, up to this again. */
export const SERVED_PATIENCE_MS = 10_000
/** How fast a peer has to read: half a megabit, less than following any network takes. */
export const LEAST_READ_BYTES_PER_SECOND = 65_536
/**
 * Such answers to all peers together: half of what forwarding takes on mainnet, so that serving cannot crowd it out. A
 * slot with 21 blobs has 6 MB in all columns.
 */
export const SERVED_BYTES_PER_SECOND = 4 * 1024 * 1024
/** What may be sent at once after a pause: a dozen blocks. */
export const SERVED_BURST_BYTES = 2 * 1024 * 1024

export interface Quota {
  /** For what is served, objects, or blocks asked for if they are more: an answer without any counts as one. */
  readonly requests: number
  readonly periodMs: number
}

/**
 * Inbound requests per peer, as Lighthouse and Lodestar serve them. All versions of a name share one quota. For what is
 * served it bounds work; bytes have a bound of their own for all peers.
 */
export const INBOUND_QUOTAS: Readonly<Record<RequestName | ServedName, Quota>> = {
  status: { requests: 5, periodMs: 15_000 },
  ping: { requests: 2, periodMs: 10_000 },
  metadata: { requests: 2, periodMs: 5_000 },
  goodbye: { requests: 1, periodMs: 10_000 },
  // More than they serve, and a little less than Prysm asks of a peer: twice all the blocks that can be held.
  beacon_blocks_by_range: { requests: 512, periodMs: 10_000 },
  beacon_blocks_by_root: { requests: 512, periodMs: 10_000 },
  data_column_sidecars_by_range: { requests: 16_384, periodMs: 10_000 },
  data_column_sidecars_by_root: { requests: 16_384, periodMs: 10_000 },
}

/** Peers whose quota state is kept: many times the connections a node holds; the oldest is dropped first. */
export const MAX_QUOTA_PEERS = 4_096

/** Some clients announce the empty body of a metadata request: a zero length and a bare snappy stream identifier. */
export const MAX_EMPTY_BODY_BYTES = 11

/** How long the close of a connection may lag behind the end of its streams: a long round trip. */
export const CLOSE_NOTICE_MS = 500
