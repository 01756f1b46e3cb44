import type { PeerDirection, PeerState } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Metadata, Status } from '../reqresp/types.ts'

/** Shown until identify has told us better. */
export const UNKNOWN_CLIENT = 'unknown'

/** All this node knows of a peer. Owned by `PeerRegistry`; changed only by the peer manager. */
export interface PeerRecord {
  readonly peerId: PeerIdStr
  address: string
  ip: string | undefined
  direction: PeerDirection
  state: PeerState
  /** Latest and best round trip, ms: handshake time until the first PONG, from then on eth2 pings only. */
  rttMs: number
  bestRttMs: number
  rttVerified: boolean
  client: string
  enr: string | undefined
  /** Multiaddrs where a peer that dialled us can be dialled, as far as identify told. */
  dialable: readonly string[]
  status: Status | undefined
  metadata: Metadata | undefined
  /** Open connections: a peer may be connected by TCP and QUIC at once. */
  connections: number
  /** Monotonic ms. */
  connectedAtMs: number
  /** The first words of this connection were said. */
  greeted: boolean
  /** The last ping of any connection: peers count them per peer, not per connection. */
  lastPingAtMs: number
  lastStatusAtMs: number
  /** Pings of this connection, and those in a row without an answer. */
  pingsSent: number
  missedPings: number
  pingInFlight: boolean
}

export function newPeerRecord(peerId: PeerIdStr, address: string, direction: PeerDirection): PeerRecord {
  return {
    peerId,
    address,
    ip: undefined,
    direction,
    state: 'connecting',
    rttMs: 0,
    bestRttMs: 0,
    rttVerified: false,
    client: UNKNOWN_CLIENT,
    enr: undefined,
    dialable: [],
    status: undefined,
    metadata: undefined,
    connections: 0,
    connectedAtMs: 0,
    greeted: false,
    lastPingAtMs: Number.NEGATIVE_INFINITY,
    lastStatusAtMs: 0,
    pingsSent: 0,
    missedPings: 0,
    pingInFlight: false,
  }
}

/** Takes a handshake's length as the first guess; a verified figure is never overwritten by a guess. */
export function guessRtt(record: PeerRecord, handshakeMs: number): void {
  if (record.rttVerified) return
  record.rttMs = handshakeMs
  record.bestRttMs = handshakeMs
}

/** Takes a measured round trip; the first one replaces the guess. */
export function recordRtt(record: PeerRecord, rttMs: number): void {
  record.bestRttMs = record.rttVerified ? Math.min(record.bestRttMs, rttMs) : rttMs
  record.rttMs = rttMs
  record.rttVerified = true
}
