import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { fromHex } from '../../shared/hex.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import type { MessageCache } from './gossipsub-books.ts'

const NOBODY: ReadonlySet<PeerIdStr> = new Set()

/** An entry of upstream's message cache, with its field names. How often peers asked for it is kept once one does. */
class CachedMessage {
  readonly message: RPC.Message
  readonly validated = true
  /** Upstream notes here who sent copies of what is not validated yet, which does not get into the cache. */
  readonly originatingPeers = NOBODY
  #iwantCounts: Map<PeerIdStr, number> | undefined

  constructor(message: RPC.Message) {
    this.message = message
  }

  get iwantCounts(): Map<PeerIdStr, number> {
    this.#iwantCounts ??= new Map()
    return this.#iwantCounts
  }
}

/** Puts an accepted message into the cache, from which peers may ask for it and in whose windows it is announced. */
export function cacheMessage({ msgs, history }: MessageCache, msgIdStr: MsgIdStr, message: RPC.Message): void {
  if (msgs.has(msgIdStr)) return
  msgs.set(msgIdStr, new CachedMessage(message))
  history[0]?.push({ msgId: fromHex(msgIdStr), msgIdStr, topic: message.topic })
}
