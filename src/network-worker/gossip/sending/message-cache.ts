import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { MESSAGE_ID_BYTES } from '../../../consensus/message-id.ts'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import type { MessageCache } from '../router/gossipsub-books.ts'
import type { MessageRooms } from '../wire/message-rooms.ts'

const NOBODY: ReadonlySet<PeerIdStr> = new Set()

/**
 * A message in upstream's cache: the entry of its table and that of its window, with their field names, in one object,
 * since thousands of them outlive the young generation each second. How often peers asked for it is kept once one does.
 */
class CachedMessage {
  readonly message: RPC.Message
  readonly validated = true
  /** Upstream notes here who sent copies of what is not validated yet, which does not get into the cache. */
  readonly originatingPeers = NOBODY
  readonly msgId: Uint8Array
  readonly msgIdStr: MsgIdStr
  readonly topic: TopicStr
  /** In which its payload lies, when that is to be given back. */
  #room: Uint8Array | undefined
  #iwantCounts: Map<PeerIdStr, number> | undefined

  constructor(msgIdStr: MsgIdStr, message: RPC.Message, room: Uint8Array | undefined) {
    this.message = message
    this.msgId = idBytes(msgIdStr)
    this.msgIdStr = msgIdStr
    this.topic = message.topic
    this.#room = room
  }

  /** Upstream asks when it is to answer with the message, and may await the dial of a peer before it does: the room stays with it. */
  get iwantCounts(): Map<PeerIdStr, number> {
    this.#room = undefined
    this.#iwantCounts ??= new Map()
    return this.#iwantCounts
  }

  /** The room, once: nobody looks at it any more. */
  takeRoom(): Uint8Array | undefined {
    const room = this.#room
    this.#room = undefined
    return room
  }
}

/**
 * Puts an accepted message into the cache, from which peers may ask for it and in whose windows it is announced.
 * @param room in which its payload lies and nothing else
 */
export function cacheMessage(
  { msgs, history }: MessageCache,
  msgId: MsgIdStr,
  message: RPC.Message,
  room?: Uint8Array,
): void {
  if (msgs.has(msgId)) return
  const cached = new CachedMessage(msgId, message, room)
  msgs.set(msgId, cached)
  history[0]?.push(cached)
}

/** From now on the rooms of messages that leave the cache are given back, unless a peer has asked for them. */
export function returnRooms(cache: MessageCache, rooms: Pick<MessageRooms, 'giveBack'>): void {
  const shift = cache.shift.bind(cache)
  cache.shift = () => {
    const left = cache.history.at(-1) ?? []
    shift()
    for (const entry of left) {
      const room = entry instanceof CachedMessage ? entry.takeRoom() : undefined
      if (room !== undefined) rooms.giveBack(room)
    }
  }
}

const scratch = Buffer.alloc(MESSAGE_ID_BYTES)

/** The bytes of an id, an array of their own: not of Buffer's pool, of which each would keep 64 kB for seconds. */
export function idBytes(msgId: MsgIdStr): Uint8Array {
  scratch.write(msgId, 'hex')
  return new Uint8Array(scratch)
}
