import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_DISCOVERED_PEERS } from '../../shared/limits.ts'

/**
 * The ids of all peers that discovery ever found, earlier runs included. Bounded: for a new one beyond the bound goes
 * the one that was found first, so that the count stands still at the bound.
 */
export class DiscoveredPeers {
  readonly #onDiscovered: (peerId: PeerIdStr) => void
  readonly #max: number
  /** In order of discovery. */
  readonly #peers = new Set<PeerIdStr>()

  /** @param restored of earlier runs, oldest first; not told to `onDiscovered` again */
  constructor(
    restored: readonly PeerIdStr[],
    onDiscovered: (peerId: PeerIdStr) => void,
    max: number = MAX_DISCOVERED_PEERS,
  ) {
    this.#onDiscovered = onDiscovered
    this.#max = max
    for (const peerId of restored) this.#insert(peerId)
  }

  get size(): number {
    return this.#peers.size
  }

  /** @returns true for a peer that was not known */
  add(peerId: PeerIdStr): boolean {
    if (this.#peers.has(peerId)) return false
    this.#insert(peerId)
    this.#onDiscovered(peerId)
    return true
  }

  /** Oldest first. */
  all(): readonly PeerIdStr[] {
    return [...this.#peers]
  }

  #insert(peerId: PeerIdStr): void {
    this.#peers.add(peerId)
    if (this.#peers.size <= this.#max) return
    const [oldest] = this.#peers
    if (oldest !== undefined) this.#peers.delete(oldest)
  }
}
