/** Bans and trust as they cross between the threads and are kept: the operator's lists, a change of them, and bans by score. */
import type { PeerIdStr } from '../shared/ids.ts'

/** A peer that is kept connected and exempt from scores and limits, as it is kept. */
export interface TrustedPeer {
  readonly peerId: PeerIdStr
  /** Null until known: an operator may give a multiaddr instead. */
  readonly enr: string | null
  /** Multiaddrs that end in `/p2p/<id>`, at least one. */
  readonly addresses: readonly string[]
}

/** Who may be here and who may not: the operator's lists, whole. */
export interface AccessLists {
  /** Permanent bans. No peer is banned and trusted at once. */
  readonly bannedPeers: readonly PeerIdStr[]
  /** CIDR, canonical: `192.0.2.0/24`, `2001:db8::/32`. */
  readonly bannedRanges: readonly string[]
  /** Lower case; bans every peer whose agent string contains it. */
  readonly bannedAgents: readonly string[]
  readonly trustedPeers: readonly TrustedPeer[]
}

/** What a change takes from the lists and then adds to them; a field that is left out changes nothing. */
export interface AccessChange {
  readonly unban?: readonly PeerIdStr[]
  readonly ban?: readonly PeerIdStr[]
  readonly unbanRanges?: readonly string[]
  readonly banRanges?: readonly string[]
  readonly unbanAgents?: readonly string[]
  readonly banAgents?: readonly string[]
  readonly untrust?: readonly PeerIdStr[]
  readonly trust?: readonly TrustedPeer[]
}

/** A ban by score, as it outlives a restart. Times are Unix ms. */
export interface ScoreBan {
  readonly peerId: PeerIdStr
  readonly peerScore: number
  /** Raw gossip score, frozen at its last value. */
  readonly gossipScore: number
  readonly bannedAtMs: number
  /** When the score begins to decay. */
  readonly frozenUntilMs: number
  /** Addresses the peer was seen at. */
  readonly ips: readonly string[]
}
