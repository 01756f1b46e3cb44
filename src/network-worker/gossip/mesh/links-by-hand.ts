import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'

/**
 * Mesh links that the operator made, or asked for while they were there. They are not given up for better ones as long as
 * they last; a link that comes again by itself is one like others.
 */
export class LinksByHand {
  /** Of links that there are, but for what went since the last heartbeat; few, as each is a request of the operator's. */
  readonly #peers = new Map<TopicStr, Set<PeerIdStr>>()

  add(topic: TopicStr, peerId: PeerIdStr): void {
    const known = this.#peers.get(topic)
    if (known === undefined) this.#peers.set(topic, new Set([peerId]))
    else known.add(peerId)
  }

  delete(topic: TopicStr, peerId: PeerIdStr): void {
    this.#peers.get(topic)?.delete(peerId)
  }

  has(topic: TopicStr, peerId: PeerIdStr): boolean {
    return this.#peers.get(topic)?.has(peerId) === true
  }

  /** To be called at each heartbeat: forgets what is no link any more. */
  keepOnly(meshes: ReadonlyMap<TopicStr, ReadonlySet<PeerIdStr>>): void {
    for (const [topic, peers] of this.#peers) {
      const mesh = meshes.get(topic)
      for (const peerId of peers) if (mesh?.has(peerId) !== true) peers.delete(peerId)
      if (peers.size === 0) this.#peers.delete(topic)
    }
  }
}
