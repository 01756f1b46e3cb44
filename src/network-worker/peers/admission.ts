/**
 * Who may be connected: the rules behind the host's gate. In: an address, then a peer id. Out: yes or no, and for
 * connections that exist already the goodbye they end with. Order, the stronger first: a ban of the peer, trust, a
 * ban by score, a range, an agent name, the limit on connections.
 */
import type { PeerDirection } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { ConnectionGate } from '../host/connection-gate.ts'
import type { AccessBook } from './access/access-book.ts'
import { GOODBYE, type GoodbyeReason } from './goodbye-reason.ts'
import { peerLimits } from './peer-limits.ts'
import type { PeerRegistry } from './peer-registry.ts'
import type { ScoreBook } from './score/score-book.ts'

/**
 * Connections one peer may have at once, kept peers too: TCP and QUIC from both sides. Without a bound one peer could
 * open them until libp2p closes those of others.
 */
const MAX_CONNECTIONS_PER_PEER = 4

export interface AdmissionDeps {
  readonly access: AccessBook
  readonly scores: ScoreBook
  readonly registry: PeerRegistry
  /** Trusted and explicit peers are outside the limit on connections. */
  readonly isKept: (peerId: PeerIdStr) => boolean
  readonly targetPeers: () => number
}

export class Admission implements ConnectionGate {
  readonly #deps: AdmissionDeps
  /** Connections refused since start, by what refused them. */
  readonly refused = { ip: 0, banned: 0, full: 0 }

  constructor(deps: AdmissionDeps) {
    this.#deps = deps
  }

  /** Before encryption a trusted peer is known by its address only: it gets the benefit of the doubt. */
  admitsAddress(ip: string): boolean {
    const { access, scores } = this.#deps
    if (!access.isBannedIp(ip) && !scores.isBannedIp(ip)) return true
    if (access.trustedAt(ip)) return true
    this.refused.ip++
    return false
  }

  admitsPeer(peerId: PeerIdStr, ip: string | undefined, direction: PeerDirection): boolean {
    if (this.whyBanned(peerId, ip) !== undefined) {
      this.refused.banned++
      return false
    }
    if (direction === 'outbound' || !this.#isFull(peerId)) return true
    this.refused.full++
    return false
  }

  /** True when `peerId` must not be dialled, whoever asks. */
  isBanned(peerId: PeerIdStr): boolean {
    return this.#deps.access.isBannedPeer(peerId) || this.#deps.scores.isBanned(peerId)
  }

  /** The goodbye a peer has to be sent for a ban of it, of its address or of its agent name, if there is one. */
  whyBanned(peerId: PeerIdStr, ip: string | undefined, client?: string): GoodbyeReason | undefined {
    const { access, scores } = this.#deps
    if (access.isBannedPeer(peerId)) return GOODBYE.banned
    if (access.isTrusted(peerId)) return undefined
    if (scores.isBanned(peerId)) return GOODBYE.badScore
    if (ip !== undefined && (access.isBannedIp(ip) || scores.isBannedIp(ip))) return GOODBYE.bannedIp
    if (client !== undefined && access.bannedAgent(client) !== undefined) return GOODBYE.banned
    return undefined
  }

  /** Peers that count against the limits. */
  countedPeers(): number {
    const { registry, isKept } = this.#deps
    return registry.connected().filter(({ peerId }) => !isKept(peerId)).length
  }

  #isFull(peerId: PeerIdStr): boolean {
    const { isKept, targetPeers, registry } = this.#deps
    const { connections = 0, state } = registry.get(peerId) ?? {}
    // A second connection of a connected peer takes no second place, and one of a peer that leaves would outlast it.
    if (connections > 0) return state === 'disconnecting' || connections >= MAX_CONNECTIONS_PER_PEER
    if (isKept(peerId)) return false
    return this.countedPeers() >= peerLimits(targetPeers()).maxPeers
  }
}
