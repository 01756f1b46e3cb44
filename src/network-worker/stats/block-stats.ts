import type { ArrivalView, FirstBlockSenderView } from '../../rpc/contract.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import type { AcceptedBlock, BlockObserver } from '../gossip/block-observer.ts'
import { Arrivals, type ArrivalsDeps, type HiddenReason } from './arrivals.ts'
import { FirstBlockSenders } from './first-block-senders.ts'

export interface BlockStatsDeps extends ArrivalsDeps {
  /** Of earlier runs, the longest unused first. */
  readonly restored: readonly FirstBlockSenderView[]
  /** Called with each accepted block's first sender. */
  readonly onFirstBlock: (peerId: PeerIdStr) => void
}

/** The way of blocks to us: who sends them first, and when each came. */
export class BlockStats implements BlockObserver {
  readonly #senders: FirstBlockSenders
  readonly #arrivals: Arrivals

  constructor({ restored, onFirstBlock, ...arrivals }: BlockStatsDeps) {
    this.#senders = new FirstBlockSenders({ restored, onCredit: onFirstBlock })
    this.#arrivals = new Arrivals(arrivals)
  }

  /** Accepted blocks that `arrivals` does not show, by reason. */
  get hidden(): Readonly<Record<HiddenReason, number>> {
    return this.#arrivals.hidden
  }

  onBlock(block: AcceptedBlock): void {
    this.#senders.credit(block.from)
    this.#arrivals.onBlock(block)
  }

  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    this.#arrivals.onCopy(msgId, from)
  }

  /** The most blocks first. */
  senders(): readonly FirstBlockSenderView[] {
    return this.#senders.senders()
  }

  /** By slot. */
  arrivals(): readonly ArrivalView[] {
    return this.#arrivals.arrivals()
  }

  stop(): void {
    this.#arrivals.stop()
  }
}
