/**
 * How near a peer is, and who gets a block or a sidecar first. A large message leaves for one peer after the other, 0.3 ms
 * each over TCP: the last of forty has it eleven milliseconds after the first, for no reason but its place in the row.
 */
import type { PeerIdStr } from '../../../shared/ids.ts'

/** What is known of peers. Asked once a heartbeat for each peer of a mesh, and for each that may come into one. */
export interface ReceiverFacts {
  /** True for peers of the operator's choice: trusted, explicit, or named by the configuration. */
  isOwn(peerId: PeerIdStr): boolean
  /** The best round trip measured, ms, as blocks have it; undefined before the first. */
  rttMs(peerId: PeerIdStr): number | undefined
}

/** For a router of which nobody else knows the peers. */
export const NOTHING_KNOWN: ReceiverFacts = { isOwn: () => false, rttMs: () => undefined }

/** Round trips that differ by less tell little: a block itself is on the wire for as long. */
const BLOCK_ON_THE_WIRE_MS = 20
/** For peers that were never measured: the middle of what a node sees of a network on several continents. */
export const UNKNOWN_RTT_MS = 100
/** Puts own peers before all others. More than any cost. */
const OWN_FIRST = 1e9

/**
 * The lower, the earlier. Own peers come first; of the others those that are near, and that often lack a message until our
 * copy comes: to who has it anyway a copy is worth nothing, however soon it leaves. Of two that lack as much the nearer comes
 * first; one that lacks a tenth comes behind one at five times its distance that lacks half.
 * @param lackedShare of the large messages, those that the peer did not have when our copy came; above 0, at most 1
 */
export function sendingCost(isOwn: boolean, rttMs: number | undefined, lackedShare: number): number {
  const cost = (BLOCK_ON_THE_WIRE_MS + (rttMs ?? UNKNOWN_RTT_MS)) / lackedShare
  return isOwn ? cost - OWN_FIRST : cost
}

/** Puts the peers of a mesh in the order of their costs, in place: a set is gone through in the order of its entries. */
export function putInOrder(mesh: Set<PeerIdStr>, costOf: (peerId: PeerIdStr) => number): void {
  if (isInOrder(mesh, costOf)) return
  const ordered = [...mesh].sort((a, b) => costOf(a) - costOf(b))
  mesh.clear()
  for (const peerId of ordered) mesh.add(peerId)
}

function isInOrder(mesh: ReadonlySet<PeerIdStr>, costOf: (peerId: PeerIdStr) => number): boolean {
  let before = Number.NEGATIVE_INFINITY
  for (const peerId of mesh) {
    const cost = costOf(peerId)
    if (cost < before) return false
    before = cost
  }
  return true
}
