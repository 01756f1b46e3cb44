import type { FirstBlockSenderView } from '../../rpc/block-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_FIRST_BLOCK_SENDERS } from '../../shared/limits.ts'

export interface FirstBlockSendersOptions {
  /** Of earlier runs, the longest unused first. */
  readonly restored: readonly FirstBlockSenderView[]
  /** Called with each credit, in the turn of the message: implementations only take note. */
  readonly onCredit?: (peerId: PeerIdStr) => void
  readonly maxPeers?: number
}

/**
 * How many accepted blocks came from each peer first, in this run and in earlier ones. Bounded: for a new peer beyond
 * the bound goes, of those with the fewest blocks, the one whose last block is the longest ago.
 */
export class FirstBlockSenders {
  readonly #onCredit: (peerId: PeerIdStr) => void
  readonly #maxPeers: number
  /** In order of the last credit, so that the first of equals is the longest unused. */
  readonly #counts = new Map<PeerIdStr, number>()

  constructor({ restored, onCredit = () => undefined, maxPeers = MAX_FIRST_BLOCK_SENDERS }: FirstBlockSendersOptions) {
    this.#onCredit = onCredit
    this.#maxPeers = maxPeers
    for (const { peer_id, count } of restored) this.#add(peer_id, count)
  }

  /** Counts one block for its first propagation source. */
  credit(peerId: PeerIdStr): void {
    this.#add(peerId, 1)
    this.#onCredit(peerId)
  }

  /** The most blocks first; equals by peer id. */
  senders(): readonly FirstBlockSenderView[] {
    return [...this.#counts]
      .map(([peer_id, count]) => ({ peer_id, count }))
      .sort((a, b) => b.count - a.count || (a.peer_id < b.peer_id ? -1 : 1))
  }

  #add(peerId: PeerIdStr, blocks: number): void {
    const before = this.#counts.get(peerId)
    if (before !== undefined) this.#counts.delete(peerId)
    else if (this.#counts.size >= this.#maxPeers) this.#forgetLeast()
    this.#counts.set(peerId, (before ?? 0) + blocks)
  }

  #forgetLeast(): void {
    let least: readonly [PeerIdStr, number] | undefined
    for (const entry of this.#counts) if (least === undefined || entry[1] < least[1]) least = entry
    if (least !== undefined) this.#counts.delete(least[0])
  }
}
