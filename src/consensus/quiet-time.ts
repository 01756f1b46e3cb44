import type { SlotClock } from './slot-clock.ts'

/**
 * The part of a slot in which nothing is due: after aggregates (two thirds) have passed, and long enough before the next
 * block for all that was put off to be caught up with.
 */
export const QUIET_FROM_SHARE = 10 / 12
export const QUIET_UNTIL_SHARE = 11.5 / 12

/** Ms until it is quiet, 0 while it is. At most a slot, after which a wall clock that was set is seen. */
export function msUntilQuiet(slotClock: Pick<SlotClock, 'msIntoSlot'>, slotDurationMs: number): number {
  const intoMs = slotClock.msIntoSlot()
  const fromMs = QUIET_FROM_SHARE * slotDurationMs
  if (intoMs < fromMs) return Math.ceil(fromMs - intoMs)
  return intoMs < QUIET_UNTIL_SHARE * slotDurationMs ? 0 : Math.ceil(slotDurationMs - intoMs + fromMs)
}
