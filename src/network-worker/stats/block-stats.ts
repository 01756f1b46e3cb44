import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { ArrivalView, FirstBlockSenderView } from '../../rpc/contract.ts'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import type { AcceptedBlock, BlockObserver } from '../gossip/block-observer.ts'
import { Arrivals, type ArrivalsDeps } from './arrivals.ts'
import { FirstBlockSenders } from './first-block-senders.ts'

export interface BlockStatsDeps {
  readonly clock: Clock
  readonly slotClock: SlotClock
  readonly peerOf: ArrivalsDeps['peerOf']
  /** Of earlier runs, the longest unused first. */
  readonly restored: readonly FirstBlockSenderView[]
  /** Called with each accepted block's first sender. */
  readonly onFirstBlock: (peerId: PeerIdStr) => void
}

/** The way of blocks to us: who sends them first, and when each came. */
export class BlockStats implements BlockObserver {
  readonly #senders: FirstBlockSenders
  readonly #arrivals: Arrivals

  constructor({ clock, slotClock, peerOf, restored, onFirstBlock }: BlockStatsDeps) {
    this.#senders = new FirstBlockSenders({ restored, onCredit: onFirstBlock })
    this.#arrivals = new Arrivals({ clock, slotClock, peerOf })
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
