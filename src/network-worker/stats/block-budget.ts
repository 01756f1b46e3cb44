import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'

/** A slot has one true block; late ones and a proposer's second one fit. */
export const MAX_BLOCKS_PER_SLOT = 4
/** Of one sender, so that one peer that invents blocks does not keep the true one out. */
export const MAX_BLOCKS_PER_SENDER = 2
/**
 * Of those that are vouched for, in a slot of the clock, and beside the others: twice what may pass of one slot without a
 * right signature (validation/claim-limits.ts), which takes a forger with as many networks.
 */
export const MAX_VOUCHED_PER_SLOT = 16

/**
 * How many blocks may be hashed in a slot of the clock. Validation without state accepts any well-formed block, and a
 * spammer must not buy CPU time with them, nor keep the true block from being hashed, which is not kept unless it is.
 */
export class BlockBudget {
  readonly #slotClock: Pick<SlotClock, 'currentSlot'>
  /** First senders of the slot's blocks that nothing vouches for, one entry a block. */
  readonly #senders: PeerIdStr[] = []
  #vouched = 0
  #slot = Number.NEGATIVE_INFINITY

  constructor(slotClock: Pick<SlotClock, 'currentSlot'>) {
    this.#slotClock = slotClock
  }

  /** Counts a block that came now from `sender`; false when it is beyond the budget. */
  take(sender: PeerIdStr, isVouched: boolean): boolean {
    const slot = this.#slotClock.currentSlot()
    if (slot !== this.#slot) {
      this.#slot = slot
      this.#senders.length = 0
      this.#vouched = 0
    }
    if (isVouched) return ++this.#vouched <= MAX_VOUCHED_PER_SLOT
    const ofSender = this.#senders.filter((peerId) => peerId === sender).length
    if (this.#senders.length >= MAX_BLOCKS_PER_SLOT || ofSender >= MAX_BLOCKS_PER_SENDER) return false
    this.#senders.push(sender)
    return true
  }
}
