import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import { peekSlot } from '../../consensus/ssz-peek.ts'
import type { TopicContext } from '../gossip/topic-directory.ts'
import { MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS, type SlotWindow, slotWindow } from './slot-window.ts'
import { ACCEPT, type Verdict } from './verdict.ts'

export interface BlindCheckDeps {
  readonly slotClock: SlotClock
  readonly schedule: ForkSchedule
  readonly slotsPerEpoch: number
  readonly nowMs: () => number
}

/**
 * What a message alone can be held against without any chain state: its slot is neither ahead of the clock nor too
 * old, and its slot belongs to the digest of the topic it came on. Sizes were checked while decompressing.
 */
export function createBlindChecks(deps: BlindCheckDeps): (context: TopicContext, ssz: Uint8Array) => Verdict {
  const { slotClock, schedule, nowMs, slotsPerEpoch } = deps
  return (context, ssz) => {
    const { kind } = context.parsed.spec
    const window = slotWindow(kind)
    if (window === undefined) return ACCEPT
    const slot = peekSlot(kind, context.entry.fork, ssz)
    if (slot === undefined) return { action: 'reject', reason: 'truncated' }
    const newestSlot = slotClock.slotAtMs(nowMs() + MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS)
    if (slot > newestSlot) return { action: 'ignore', reason: 'future_slot' }
    if (slot < oldestSlot(window, slotClock, slotsPerEpoch)) return { action: 'ignore', reason: 'past_slot' }
    // Not a reject: around a boundary an honest peer may still use the digest of its own clock.
    if (schedule.at(slotClock.epochOfSlot(slot)).digestHex !== context.entry.digestHex) {
      return { action: 'ignore', reason: 'other_digest' }
    }
    return ACCEPT
  }
}

function oldestSlot(window: SlotWindow, slotClock: SlotClock, slotsPerEpoch: number): number {
  const current = slotClock.currentSlot()
  if (window.unit === 'slots') return current - window.back
  return (slotClock.epochOfSlot(current) - window.back) * slotsPerEpoch
}
