import { createForkSchedule, type DigestEntry, type ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../consensus/network-config.ts'
import { createSlotClock, type SlotClock } from '../../consensus/slot-clock.ts'
import type { Clock } from '../../shared/clock.ts'
import { BlockHead } from './block-head.ts'
import { ClockDoubt } from './clock-doubt.ts'
import { KeyBook } from './key-book.ts'
import { StatusTruth } from './status-truth.ts'

/** Where and when we are: the network's schedule, its clock, and what is known of its chain. */
export interface Chain {
  readonly network: NetworkConfig
  readonly schedule: ForkSchedule
  readonly slotClock: SlotClock
  readonly head: BlockHead
  readonly truth: StatusTruth
  readonly keys: KeyBook
  readonly clockDoubt: ClockDoubt
  /** The digest in force; before genesis, the first one. */
  currentDigest(): DigestEntry
}

export function createChain(network: NetworkConfig, clock: Clock): Chain {
  const slotClock = createSlotClock(network, clock)
  const schedule = createForkSchedule(network)
  return {
    network,
    schedule,
    slotClock,
    head: new BlockHead(slotClock),
    truth: new StatusTruth({ schedule, slotClock }),
    keys: new KeyBook(),
    clockDoubt: new ClockDoubt(clock),
    currentDigest: () => schedule.at(Math.max(0, slotClock.currentEpoch())),
  }
}
