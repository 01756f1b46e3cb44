/** What the policies must know of peers, from what the other rooms know. */
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { PeerSources } from './corroboration-book.ts'

export interface PeerSourcesDeps {
  /** The operator's peers: trusted, explicit, and those that the configuration names. */
  readonly isTrusted: (peerId: PeerIdStr) => boolean
  readonly isExplicit: (peerId: PeerIdStr) => boolean
  readonly configured: ReadonlySet<PeerIdStr>
  /** The network that a peer speaks for: /16 of IPv4, /32 of IPv6. */
  readonly networkOf: (peerId: PeerIdStr) => string
  /** What a peer says it runs; those that have not said it yet are all alike. */
  readonly agentOf: (peerId: PeerIdStr) => string
  /** How long a peer has been connected; 0 when it is not. */
  readonly ageMs: (peerId: PeerIdStr) => number
}

export function createPeerSources(deps: PeerSourcesDeps): PeerSources {
  const { isTrusted, isExplicit, configured, networkOf, agentOf, ageMs } = deps
  return {
    bypasses: (peerId) => configured.has(peerId) || isTrusted(peerId) || isExplicit(peerId),
    ageMs,
    sourceOf: (peerId) => ({ network: networkOf(peerId), agent: agentOf(peerId) }),
  }
}
