import type { Clock } from '../shared/clock.ts'
import type { SlotClock } from './slot-clock.ts'

/** A wall clock that was set is seen after so long, ms. */
const LONGEST_WAIT_MS = 2000

export interface SlotWatchDeps {
  readonly clock: Clock
  readonly slotClock: Pick<SlotClock, 'currentSlot' | 'slotStartMs'>
}

/**
 * Calls `onSlot` as each slot begins, for the first time with the next one. Whoever looks many times a slot wakes a thread that has
 * nothing else to do, and a single timer to the boundary would miss a wall clock that is set.
 */
export function watchSlots({ clock, slotClock }: SlotWatchDeps, onSlot: (slot: number) => void): Disposable {
  let slot = slotClock.currentSlot()
  let timer: Disposable
  const arm = (): void => {
    const leftMs = slotClock.slotStartMs(slotClock.currentSlot() + 1) - clock.nowMs()
    timer = clock.after(Math.min(Math.ceil(leftMs), LONGEST_WAIT_MS), look)
  }
  const look = (): void => {
    arm()
    const now = slotClock.currentSlot()
    if (now === slot) return
    slot = now
    onSlot(now)
  }
  arm()
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}
