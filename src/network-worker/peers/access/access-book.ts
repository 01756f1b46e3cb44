import { ENR } from '@chainsafe/enr'
import type { AccessChange, AccessLists, TrustedPeer } from '../../../rpc/access.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { canonicalRange, IpRangeSet } from '../../../shared/ip-range.ts'
import { MAX_PEER_ADDRESSES } from '../../../shared/limits.ts'
import { ipOf, parseMultiaddr } from '../../host/addresses.ts'
import { resolveTarget } from '../dialling/dial-target.ts'

/**
 * The operator's bans and trust, ready to be asked on every connection. The main thread owns and bounds the lists; this
 * is the worker's copy, changed only by what the main thread has already written down.
 */
export class AccessBook {
  readonly #bannedPeers: Set<PeerIdStr>
  readonly #bannedRanges = new IpRangeSet()
  readonly #bannedAgents: Set<string>
  /** In the order in which they were trusted. */
  readonly #trusted = new Map<PeerIdStr, TrustedPeer>()
  /** How many trusted peers have an address there, by the IP in its canonical form. */
  readonly #trustedAt = new Map<string, number>()

  /** @param lists no peer is in both the banned and the trusted one */
  constructor(lists: AccessLists) {
    this.#bannedPeers = new Set(lists.bannedPeers)
    this.#bannedAgents = new Set(lists.bannedAgents)
    for (const cidr of lists.bannedRanges) this.#bannedRanges.add(cidr)
    for (const peer of lists.trustedPeers) this.#trust(peer)
  }

  /** Takes first, then adds: an entry that is in both is in the list afterwards. */
  apply(change: AccessChange): void {
    amend(this.#bannedPeers, change.unban, change.ban)
    amend(this.#bannedRanges, change.unbanRanges, change.banRanges)
    amend(this.#bannedAgents, change.unbanAgents, change.banAgents)
    for (const peerId of change.untrust ?? []) this.#untrust(peerId)
    for (const peer of change.trust ?? []) this.#trust(peer)
  }

  /** True for a permanent ban of the peer; bans by score are the score book's. */
  isBannedPeer(peerId: PeerIdStr): boolean {
    return this.#bannedPeers.has(peerId)
  }

  /** True when the address is in a banned range; false for what is no address. */
  isBannedIp(ip: string): boolean {
    return this.#bannedRanges.has(ip)
  }

  /** The banned name that a peer's agent string contains, case aside. */
  bannedAgent(agent: string): string | undefined {
    if (this.#bannedAgents.size === 0) return undefined
    const text = agent.toLowerCase()
    for (const banned of this.#bannedAgents) if (text.includes(banned)) return banned
    return undefined
  }

  isTrusted(peerId: PeerIdStr): boolean {
    return this.#trusted.has(peerId)
  }

  /** True when a trusted peer has an address there: before encryption an address is all that is known of a peer. */
  trustedAt(ip: string): boolean {
    const key = canonicalRange(ip)
    return key !== undefined && this.#trustedAt.has(key)
  }

  trustedPeer(peerId: PeerIdStr): TrustedPeer | undefined {
    return this.#trusted.get(peerId)
  }

  /** In the order in which they were trusted. */
  trusted(): readonly TrustedPeer[] {
    return [...this.#trusted.values()]
  }

  /**
   * Takes a trusted peer's record, until the restart: it may have moved, or have been given as a multiaddr. One that is
   * older than what is known, of another peer, or no valid record changes nothing.
   */
  learnEnr(peerId: PeerIdStr, enr: string): void {
    const known = this.#trusted.get(peerId)
    if (known === undefined || known.enr === enr) return
    const addresses = addressesOfRecord(peerId, enr)
    if (addresses === undefined) return
    if (known.enr !== null && sequenceOf(known.enr) >= sequenceOf(enr)) return
    const both = [...new Set([...addresses, ...known.addresses])].slice(0, MAX_PEER_ADDRESSES)
    this.#trust({ peerId, enr, addresses: both })
  }

  /** One that is trusted already keeps its place; the rest is as the main thread has it, which keeps the list. */
  #trust(peer: TrustedPeer): void {
    this.#countPlaces(this.#trusted.get(peer.peerId), -1)
    this.#trusted.set(peer.peerId, peer)
    this.#countPlaces(peer, 1)
  }

  #untrust(peerId: PeerIdStr): void {
    this.#countPlaces(this.#trusted.get(peerId), -1)
    this.#trusted.delete(peerId)
  }

  #countPlaces(peer: TrustedPeer | undefined, change: 1 | -1): void {
    for (const place of peer === undefined ? [] : placesOf(peer)) {
      const count = (this.#trustedAt.get(place) ?? 0) + change
      if (count === 0) this.#trustedAt.delete(place)
      else this.#trustedAt.set(place, count)
    }
  }
}

interface EntryList {
  add(entry: string): unknown
  delete(entry: string): unknown
}

function amend(list: EntryList, taken: readonly string[] = [], added: readonly string[] = []): void {
  for (const entry of taken) list.delete(entry)
  for (const entry of added) list.add(entry)
}

/** The IPs of a peer's addresses, each once. */
function placesOf({ addresses }: TrustedPeer): ReadonlySet<string> {
  const places = new Set<string>()
  for (const text of addresses) {
    const address = parseMultiaddr(text)
    const ip = address === undefined ? undefined : ipOf(address)
    const place = ip === undefined ? undefined : canonicalRange(ip)
    if (place !== undefined) places.add(place)
  }
  return places
}

function addressesOfRecord(peerId: PeerIdStr, enr: string): readonly string[] | undefined {
  try {
    const resolved = resolveTarget({ enr })
    return resolved.peerId === peerId ? resolved.addresses.map(String) : undefined
  } catch {
    return undefined
  }
}

/** Of a record that is known to be valid. */
function sequenceOf(enr: string): bigint {
  return ENR.decodeTxt(enr).seq
}
