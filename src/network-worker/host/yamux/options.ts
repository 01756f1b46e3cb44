import { INITIAL_WINDOW_BYTES } from './frame.ts'

/** Bounds of one connection. Names and meanings are those of @libp2p/yamux where it has the same. */
export interface YamuxOptions {
  /** Streams the other side may have open at once; further ones are reset. */
  readonly maxInboundStreams: number
  /** Streams we may have open at once; opening further ones fails. */
  readonly maxOutboundStreams: number
  /**
   * Streams that were opened and not answered yet, each way: further inbound ones are reset, further outbound ones are
   * not opened (libp2p/specs yamux, "ACK backlog").
   */
  readonly ackBacklog: number
  /** What the window of a stream may grow to. */
  readonly maxStreamWindowBytes: number
  /**
   * Received bytes of all streams together that nobody has read. The stream that would exceed it is reset: many streams
   * of one window each are more than one peer is worth.
   */
  readonly maxUnreadBytes: number
  /** How often the round trip is measured, ms. */
  readonly pingIntervalMs: number
}

export const DEFAULT_OPTIONS: YamuxOptions = {
  // The library's own.
  maxInboundStreams: 1_000,
  maxOutboundStreams: 1_000,
  // The specification's.
  ackBacklog: 256,
  // 168 Mbit/s from the other side of the world (200 ms): more than one peer is ever given.
  maxStreamWindowBytes: 4 * 1024 * 1024,
  // Four grown windows, or 64 new ones, that nobody reads.
  maxUnreadBytes: 16 * 1024 * 1024,
  // The library's own.
  pingIntervalMs: 30_000,
}

/** @throws RangeError for bounds that cannot be kept */
export function yamuxOptions(given: Partial<YamuxOptions>): YamuxOptions {
  const options = { ...DEFAULT_OPTIONS, ...given }
  if (options.maxStreamWindowBytes < INITIAL_WINDOW_BYTES) {
    throw new RangeError('a window has 256 KiB from the start: its bound cannot be less')
  }
  if (!(options.pingIntervalMs > 0)) throw new RangeError('the interval between pings must be more than 0')
  return options
}
