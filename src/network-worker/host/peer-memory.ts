import type { PeerId } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core/memory'

/** Of peers that are not connected: nothing asks for them again but a dial that fails. Some kilobytes each at most. */
export const MAX_ABSENT_PEERS = 1024

type Key = Parameters<MemoryDatastore['put']>[0]

/**
 * Where libp2p keeps what peers say of themselves. Its own store keeps that of every peer that ever came, 31 kB each, for the
 * life of the process, and identities cost nothing; this one forgets who has been gone for longest. Of connected peers it
 * forgets nothing, since libp2p tells gossipsub that a peer left by what is kept here.
 */
export class PeerMemory extends MemoryDatastore {
  /** The entry put longest ago first. */
  readonly #names = new Set<string>()
  readonly #kept = new Set<string>()

  /** @param own never forgotten */
  constructor(own: PeerId) {
    super()
    this.keep(own)
  }

  /** Peers of whom something is kept. */
  get size(): number {
    return this.#names.size
  }

  keep(peerId: PeerId): void {
    this.#kept.add(nameOf(peerId))
  }

  /** The peer has left. It is the last to be forgotten: libp2p is still to look up whom to tell. */
  release(peerId: PeerId): void {
    const name = nameOf(peerId)
    this.#kept.delete(name)
    if (this.#names.delete(name)) this.#names.add(name)
  }

  override put(key: Key, value: Uint8Array): Key {
    const name = key.toString()
    this.#names.delete(name)
    this.#names.add(name)
    // A copy: what the library encodes into is a part of one of Buffer's rooms, of which it would keep the whole.
    super.put(key, new Uint8Array(value))
    if (this.#names.size > MAX_ABSENT_PEERS + this.#kept.size) this.#forgetOldest(key)
    return key
  }

  override delete(key: Key): ReturnType<MemoryDatastore['delete']> {
    this.#names.delete(key.toString())
    return super.delete(key)
  }

  #forgetOldest(latest: Key): void {
    for (const name of this.#names) {
      if (this.#kept.has(name)) {
        // Behind the others, so that it is not looked at each time.
        this.#names.delete(name)
        this.#names.add(name)
        continue
      }
      const Key = latest.constructor as new (name: string) => Key
      void this.delete(new Key(name))
      return
    }
  }
}

/** As libp2p's peer store names an entry. */
function nameOf(peerId: PeerId): string {
  return `/peers/${peerId.toCID().toString()}`
}
