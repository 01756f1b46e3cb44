/** Arithmetic of bans and trust: what a change makes of the lists, and which change leads from one to another. Pure. */
import type { ImportView } from '../../api/operator.ts'
import type { AccessChange, AccessLists, TrustedPeer } from '../../rpc/access.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import {
  MAX_BANNED_AGENTS,
  MAX_BANNED_PEERS,
  MAX_BANNED_RANGES,
  MAX_PEER_ADDRESSES,
  MAX_TRUSTED_PEERS,
} from '../../shared/limits.ts'

export const NO_ACCESS_LISTS: AccessLists = { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] }

type ListName = keyof AccessLists

const BOUNDS: Readonly<Record<ListName, { readonly max: number; readonly noun: string }>> = {
  bannedPeers: { max: MAX_BANNED_PEERS, noun: 'banned peers' },
  bannedRanges: { max: MAX_BANNED_RANGES, noun: 'banned IP ranges' },
  bannedAgents: { max: MAX_BANNED_AGENTS, noun: 'banned agents' },
  trustedPeers: { max: MAX_TRUSTED_PEERS, noun: 'trusted peers' },
}

const LIST_NAMES = Object.keys(BOUNDS) as readonly ListName[]

function changedTexts(list: readonly string[], removed: readonly string[] = [], added: readonly string[] = []) {
  const kept = new Set(list)
  for (const text of removed) kept.delete(text)
  for (const text of added) kept.add(text)
  return [...kept]
}

function byId(peers: readonly TrustedPeer[]): Map<PeerIdStr, TrustedPeer> {
  return new Map(peers.map((peer) => [peer.peerId, peer]))
}

/** Whether nothing new is known of a peer. */
export function isSameTrust(a: TrustedPeer, b: TrustedPeer | undefined): boolean {
  return b !== undefined && a.enr === b.enr && a.addresses.join() === b.addresses.join()
}

/** The lists after a change. What is there keeps its place, also a trusted peer that gets other data. */
export function changedLists(lists: AccessLists, change: AccessChange): AccessLists {
  const trusted = byId(lists.trustedPeers)
  for (const peerId of change.untrust ?? []) trusted.delete(peerId)
  for (const peer of change.trust ?? []) trusted.set(peer.peerId, peer)
  return {
    bannedPeers: changedTexts(lists.bannedPeers, change.unban, change.ban),
    bannedRanges: changedTexts(lists.bannedRanges, change.unbanRanges, change.banRanges),
    bannedAgents: changedTexts(lists.bannedAgents, change.unbanAgents, change.banAgents),
    trustedPeers: [...trusted.values()],
  }
}

function missing(from: readonly string[], to: readonly string[]): readonly string[] {
  const there = new Set(from)
  return to.filter((text) => !there.has(text))
}

/** The smallest change that leads from one state of the lists to another, but for the order within each. */
export function differenceOf(from: AccessLists, to: AccessLists): AccessChange {
  const [before, after] = [byId(from.trustedPeers), byId(to.trustedPeers)]
  return {
    unban: missing(to.bannedPeers, from.bannedPeers),
    ban: missing(from.bannedPeers, to.bannedPeers),
    unbanRanges: missing(to.bannedRanges, from.bannedRanges),
    banRanges: missing(from.bannedRanges, to.bannedRanges),
    unbanAgents: missing(to.bannedAgents, from.bannedAgents),
    banAgents: missing(from.bannedAgents, to.bannedAgents),
    untrust: [...before.keys()].filter((peerId) => !after.has(peerId)),
    trust: [...after.values()].filter((peer) => !isSameTrust(peer, before.get(peer.peerId))),
  }
}

/** The change that takes `change` back from lists that were `before` it. */
export function inverseOf(change: AccessChange, before: AccessLists): AccessChange {
  return differenceOf(changedLists(before, change), before)
}

/** Entries of all lists that are in `to` only, and in `from` only. A trusted peer with other data is the same entry. */
export function countDifference(from: AccessLists, to: AccessLists): ImportView {
  const { ban = [], banRanges = [], banAgents = [], unban = [], ...rest } = differenceOf(from, to)
  const { unbanRanges = [], unbanAgents = [], untrust = [], trust = [] } = rest
  const known = byId(from.trustedPeers)
  const trusted = trust.filter(({ peerId }) => !known.has(peerId))
  return {
    added: ban.length + banRanges.length + banAgents.length + trusted.length,
    removed: unban.length + unbanRanges.length + unbanAgents.length + untrust.length,
  }
}

/** @throws RelayError LIST_FULL when a list of `after` is longer than it may be and than it was `before` */
export function assertRoom(after: AccessLists, before: AccessLists): void {
  for (const name of LIST_NAMES) {
    const { max, noun } = BOUNDS[name]
    const { length } = after[name]
    if (length > max && length > before[name].length) throw new RelayError('LIST_FULL', `at most ${max} ${noun}`)
  }
}

/** A trusted peer with what was known of it before: its ENR if the newer data has none, and its addresses last. */
export function mergedTrust(newer: TrustedPeer, known: TrustedPeer | undefined): TrustedPeer {
  const addresses = [...new Set([...newer.addresses, ...(known?.addresses ?? [])])]
  return {
    peerId: newer.peerId,
    enr: newer.enr ?? known?.enr ?? null,
    addresses: addresses.slice(0, MAX_PEER_ADDRESSES),
  }
}
