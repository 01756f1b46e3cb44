/** Bans and trust as the one document that moves them from relay to relay. */
import type { AccessDocument } from '../../api/operator.ts'
import type { AccessLists, TrustedPeer } from '../../rpc/access.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { DialTarget } from '../../rpc/peer-views.ts'
import { RelayError } from '../../shared/errors.ts'
import { assertRoom, isSameTrust, mergedTrust, NO_ACCESS_LISTS } from './access-lists.ts'

type Resolver = Pick<Client<Control>, 'resolvePeer'>

export function documentOf({ bannedPeers, bannedRanges, bannedAgents, trustedPeers }: AccessLists): AccessDocument {
  return {
    version: 1,
    banned_peers: bannedPeers,
    banned_ip_ranges: bannedRanges,
    banned_agents: bannedAgents,
    trusted_peers: trustedPeers.map(({ peerId, enr, addresses }) => ({ peer_id: peerId, enr, addresses })),
  }
}

/** Each entry once. @throws BAD_REQUEST when a peer is trusted twice, or banned as well */
function assertConsistent({ banned_peers, trusted_peers }: AccessDocument): void {
  const banned = new Set(banned_peers)
  const trusted = new Set<string>()
  for (const { peer_id } of trusted_peers) {
    if (banned.has(peer_id)) throw new RelayError('BAD_REQUEST', `peer ${peer_id} is both banned and trusted`)
    if (trusted.has(peer_id)) throw new RelayError('BAD_REQUEST', `peer ${peer_id} is trusted twice`)
    trusted.add(peer_id)
  }
}

async function resolveEntry({ peerId, enr, addresses }: TrustedPeer, control: Resolver): Promise<TrustedPeer> {
  const targets: DialTarget[] = addresses.map((multiaddr) => ({ multiaddr }))
  if (enr !== null) targets.push({ enr })
  try {
    if (targets.length === 0) throw new RelayError('BAD_REQUEST', 'neither an ENR nor an address')
    const resolved = await Promise.all(targets.map((target) => control.resolvePeer(target)))
    const other = resolved.find((each) => each.peerId !== peerId)
    if (other !== undefined) throw new RelayError('BAD_REQUEST', `ENR or address of ${other.peerId}`)
    const known = resolved.flatMap((each) => each.addresses)
    return mergedTrust({ peerId, enr, addresses: known }, undefined)
  } catch (cause) {
    const { code, message, details } = RelayError.from(cause)
    // An answer about a bad peer id says no more than that, and here which of many it is matters.
    const told = code === 'BAD_PEER_ID' ? 'BAD_REQUEST' : code
    throw new RelayError(told, `${message} (trusted peer ${peerId})`, details, { cause })
  }
}

/**
 * The lists a document describes, its ENRs and addresses checked by the network worker, but for those of `known`, which
 * it checked before.
 * @throws RelayError BAD_REQUEST for a document that contradicts itself, LIST_FULL, and what `resolvePeer` throws; the
 * message names the peer
 */
export async function listsOf(
  document: AccessDocument,
  known: readonly TrustedPeer[],
  control: Resolver,
): Promise<AccessLists> {
  assertConsistent(document)
  const lists = {
    bannedPeers: [...new Set(document.banned_peers)],
    bannedRanges: [...new Set(document.banned_ip_ranges)],
    bannedAgents: [...new Set(document.banned_agents)],
  }
  const unresolved = document.trusted_peers.map(({ peer_id, ...rest }) => ({ peerId: peer_id, ...rest }))
  assertRoom({ ...lists, trustedPeers: unresolved }, NO_ACCESS_LISTS)
  const knownById = new Map(known.map((peer) => [peer.peerId, peer]))
  const trustedPeers: TrustedPeer[] = []
  for (const entry of unresolved) {
    const isKnown = isSameTrust(entry, knownById.get(entry.peerId))
    // One after the other: a record takes milliseconds to verify, and gossip waits on the same thread.
    trustedPeers.push(isKnown ? entry : await resolveEntry(entry, control))
  }
  return { ...lists, trustedPeers }
}
