import type { Clock } from '../shared/clock.ts'
import type { NetworkConfig } from './network-config.ts'

/**
 * Wall time in slots and epochs. Before genesis slots and epochs are negative (slot -1 is the last one before it), so
 * that differences stay right; callers that need a slot on the wire clamp to 0.
 */
export interface SlotClock {
  currentSlot(): number
  currentEpoch(): number
  slotAtMs(ms: number): number
  /** Unix time in ms when `slot` begins. */
  slotStartMs(slot: number): number
  /** Unix time in ms when `epoch` begins. */
  epochStartMs(epoch: number): number
  epochOfSlot(slot: number): number
  /** Ms since the current slot began: 0 up to the slot's duration. */
  msIntoSlot(): number
}

/** The slot clock of a network over `clock`'s wall time. Slots need not last whole seconds. */
export function createSlotClock(network: NetworkConfig, clock: Clock): SlotClock {
  const genesisMs = network.genesisTimeSeconds * 1000
  const { slotDurationMs, slotsPerEpoch } = network
  const slotAtMs = (ms: number): number => Math.floor((ms - genesisMs) / slotDurationMs)
  const slotStartMs = (slot: number): number => genesisMs + slot * slotDurationMs
  const epochOfSlot = (slot: number): number => Math.floor(slot / slotsPerEpoch)
  return {
    currentSlot: () => slotAtMs(clock.nowMs()),
    currentEpoch: () => epochOfSlot(slotAtMs(clock.nowMs())),
    slotAtMs,
    slotStartMs,
    epochStartMs: (epoch) => slotStartMs(epoch * slotsPerEpoch),
    epochOfSlot,
    msIntoSlot: () => {
      const nowMs = clock.nowMs()
      return nowMs - slotStartMs(slotAtMs(nowMs))
    },
  }
}
