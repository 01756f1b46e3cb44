/** The arithmetic of decaying counters (reference/scoring.md §3, "Notation"). */

/** A counter below it is taken to be zero. */
export const DECAY_TO_ZERO = 0.01

export interface SlotTiming {
  readonly slotDurationMs: number
  readonly slotsPerEpoch: number
}

/** How often counters decay, ms: each slot, but gossipsub takes nothing below a second. */
export function decayIntervalMs({ slotDurationMs }: SlotTiming): number {
  return Math.max(1000, slotDurationMs)
}

/** Factor per decay interval that takes a counter of 1 to `DECAY_TO_ZERO` in so many slots. */
export function decayOverSlots(slots: number, timing: SlotTiming): number {
  return DECAY_TO_ZERO ** (decayIntervalMs(timing) / (slots * timing.slotDurationMs))
}

/** Where a counter settles that gains `rate` each interval and then decays by `decay`: its value before the decay. */
export function convergence(decay: number, rate: number): number {
  return rate / (1 - decay)
}

/** The same after the decay: the least that a counter fed at `rate` ever shows. */
export function settledAfterDecay(decay: number, rate: number): number {
  return decay * convergence(decay, rate)
}
