import type { SlotClock } from '../../consensus/slot-clock.ts'

/** The newest block that passed its checks: what health and sync distance go by. Others may be forged, so it never enters our Status. */
export class BlockHead {
  readonly #slotClock: SlotClock
  #newestSlot: number | undefined

  constructor(slotClock: SlotClock) {
    this.#slotClock = slotClock
  }

  /** A block was accepted. One of a far slot, as `--validation none` lets through, would hide that blocks stopped coming. */
  onBlock(slot: number): void {
    if (slot > this.#slotClock.currentSlot() + 1) return
    if (this.#newestSlot === undefined || slot > this.#newestSlot) this.#newestSlot = slot
  }

  get newestSlot(): number | undefined {
    return this.#newestSlot
  }

  /** Wall slot minus the newest block's slot; the wall slot itself while no block was seen; never negative. */
  syncDistance(): number {
    return Math.max(0, this.#slotClock.currentSlot() - (this.#newestSlot ?? 0))
  }
}
