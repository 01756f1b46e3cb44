import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { HeldSpan } from '../recent/recent-objects.ts'
import type { Status } from '../reqresp/types.ts'

/**
 * Our Status: finality as it was `told`, and the head and first slot of the chain that we hold, since those are what a
 * peer may ask us for. Prysm, for one, asks for no column of a block beyond a peer's head, and syncs from no peer whose
 * head is zero. Without a chain, or with one that ends before what was told to be final, the head is the told one and
 * nothing before it is claimed: `earliestAvailableSlot` is never past `headSlot`.
 */
export function ownStatus(told: Status, held: HeldSpan | undefined, slotClock: Pick<SlotClock, 'epochOfSlot'>): Status {
  if (held === undefined || slotClock.epochOfSlot(held.head.slot) < told.finalizedEpoch) {
    return { ...told, earliestAvailableSlot: told.headSlot }
  }
  const { head, earliestSlot } = held
  return {
    ...told,
    headRootHex: head.rootHex,
    headSlot: head.slot,
    earliestAvailableSlot: earliestSlot ?? head.slot,
  }
}
