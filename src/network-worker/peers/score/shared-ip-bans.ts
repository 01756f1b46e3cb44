import type { PeerIdStr } from '../../../shared/ids.ts'
import { placeOf } from '../../host/address-place.ts'

/** Score-banned peers an address may have before it is refused itself (reference/scoring.md §1, "IP ban"). */
export const MAX_BANNED_PEERS_PER_IP = 5
/**
 * The addresses that banned peers share: from the sixth peer on an address is refused, since new identities cost
 * nothing. Bounded by who fills it: the number of score bans times the addresses kept of a peer.
 */
export class SharedIpBans {
  readonly #isExemptIp: (ip: string) => boolean
  readonly #placesByPeer = new Map<PeerIdStr, readonly string[]>()
  readonly #bannedPeersAt = new Map<string, number>()

  constructor(isExemptIp: (ip: string) => boolean) {
    this.#isExemptIp = isExemptIp
  }

  /** Addresses at which at least one banned peer was seen. */
  get size(): number {
    return this.#bannedPeersAt.size
  }

  /** Counts a banned peer at each place it was ever seen at, in place of what was counted for it before. */
  set(peerId: PeerIdStr, ips: readonly string[]): void {
    this.delete(peerId)
    const counted = ips.filter((ip) => !this.#isExemptIp(ip)).map(placeOf)
    const places = [...new Set(counted.filter((place) => place !== undefined))]
    if (places.length === 0) return
    this.#placesByPeer.set(peerId, places)
    for (const place of places) this.#bannedPeersAt.set(place, (this.#bannedPeersAt.get(place) ?? 0) + 1)
  }

  /** Counts a peer no more: it is banned no longer. */
  delete(peerId: PeerIdStr): void {
    for (const place of this.#placesByPeer.get(peerId) ?? []) {
      const left = (this.#bannedPeersAt.get(place) ?? 0) - 1
      if (left > 0) this.#bannedPeersAt.set(place, left)
      else this.#bannedPeersAt.delete(place)
    }
    this.#placesByPeer.delete(peerId)
  }

  /** True when more than {@link MAX_BANNED_PEERS_PER_IP} banned peers were seen there. Exempt addresses never. */
  isBanned(ip: string): boolean {
    if (this.#bannedPeersAt.size === 0 || this.#isExemptIp(ip)) return false
    const place = placeOf(ip)
    return place !== undefined && (this.#bannedPeersAt.get(place) ?? 0) > MAX_BANNED_PEERS_PER_IP
  }
}
