import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { MESSAGE_ID_BYTES } from '../../consensus/message-id.ts'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../shared/ids.ts'
import type { MessageCache } from './gossipsub-books.ts'

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
  #iwantCounts: Map<PeerIdStr, number> | undefined

  constructor(msgIdStr: MsgIdStr, message: RPC.Message) {
    this.message = message
    this.msgId = idBytes(msgIdStr)
    this.msgIdStr = msgIdStr
    this.topic = message.topic
  }

  get iwantCounts(): Map<PeerIdStr, number> {
    this.#iwantCounts ??= new Map()
    return this.#iwantCounts
  }
}

/** Puts an accepted message into the cache, from which peers may ask for it and in whose windows it is announced. */
export function cacheMessage({ msgs, history }: MessageCache, msgId: MsgIdStr, message: RPC.Message): void {
  if (msgs.has(msgId)) return
  const cached = new CachedMessage(msgId, message)
  msgs.set(msgId, cached)
  history[0]?.push(cached)
}

const scratch = Buffer.alloc(MESSAGE_ID_BYTES)

/** The bytes of an id, an array of their own: not of Buffer's pool, of which each would keep 64 kB for seconds. */
export function idBytes(msgId: MsgIdStr): Uint8Array {
  scratch.write(msgId, 'hex')
  return new Uint8Array(scratch)
}
