import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { Status } from '../reqresp/types.ts'

/** Epochs around a boundary in which the neighbouring digest is still, or already, fine: clocks differ. */
const BOUNDARY_EPOCHS = 1
/** A head may be one slot ahead of our clock (reference/p2p.md A4.3). */
const MAX_HEAD_AHEAD_SLOTS = 1

export type Irrelevance = 'other_digest' | 'head_in_future'

/** Why a peer's Status shows another network than ours, undefined when it does not. */
export function irrelevance(status: Status, schedule: ForkSchedule, slotClock: SlotClock): Irrelevance | undefined {
  const epoch = slotClock.currentEpoch()
  const near = [epoch, epoch - BOUNDARY_EPOCHS, epoch + BOUNDARY_EPOCHS].map(
    (candidate) => schedule.at(Math.max(0, candidate)).digestHex,
  )
  if (!near.includes(status.forkDigestHex)) return 'other_digest'
  if (status.headSlot > Math.max(0, slotClock.currentSlot()) + MAX_HEAD_AHEAD_SLOTS) return 'head_in_future'
  return undefined
}
