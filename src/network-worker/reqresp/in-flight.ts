import type { PeerIdStr } from '../../shared/ids.ts'

/** Counts what is under way per peer and key. Holds only what is under way, so it is as bounded as that. */
export class InFlight<Key extends string> {
  readonly #counts = new Map<PeerIdStr, Map<Key, number>>()

  /** Peers with something under way. */
  get peers(): number {
    return this.#counts.size
  }

  count(peerId: PeerIdStr, key: Key): number {
    return this.#counts.get(peerId)?.get(key) ?? 0
  }

  /** Counts one more until it is disposed; disposing twice counts once. */
  enter(peerId: PeerIdStr, key: Key): Disposable {
    const counts = this.#counts.get(peerId) ?? new Map<Key, number>()
    this.#counts.set(peerId, counts)
    counts.set(key, (counts.get(key) ?? 0) + 1)
    let left = false
    return {
      [Symbol.dispose]: () => {
        if (left) return
        left = true
        this.#leave(peerId, counts, key)
      },
    }
  }

  #leave(peerId: PeerIdStr, counts: Map<Key, number>, key: Key): void {
    const count = (counts.get(key) ?? 0) - 1
    if (count > 0) counts.set(key, count)
    else counts.delete(key)
    if (counts.size === 0) this.#counts.delete(peerId)
  }
}
