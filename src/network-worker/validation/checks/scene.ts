/** What a rule may look at beside the message: time, schedule, topic. There is no state of the chain in it. */
import type { ForkName, PresetName } from '../../../consensus/network-config.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'

/**
 * One a topic, made when it is joined. Slots and epochs are plain numbers; before genesis they are negative. The
 * functions ask the clock anew each time.
 */
export interface CheckScene {
  readonly kind: GossipKind
  readonly fork: ForkName
  /** That of the topic, eight lower-case hex digits. */
  readonly digestHex: string
  /** The first slot of which the topic's digest is. */
  readonly firstSlot: number
  /** That of the topic's digest; 0 before Deneb. */
  readonly maxBlobsPerBlock: number
  /** That of the topic; undefined for a topic without subnets. */
  readonly subnet: number | undefined
  readonly preset: PresetName
  readonly slotsPerEpoch: number
  readonly genesisTimeSeconds: number
  readonly slotDurationMs: number
  /** Unix time in ms, for what is due within a slot. */
  nowMs(): number
  /** By our clock. */
  currentSlot(): number
  /**
   * By a clock MAXIMUM_GOSSIP_CLOCK_DISPARITY ahead of ours: a later slot is in the future (is_future_slot,
   * specs/phase0/p2p-interface.md).
   */
  newestSlot(): number
  /** By a clock as much behind: a slot before it is not the current one (is_within_slot_range, as above). */
  oldestCurrentSlot(): number
  /** Start slot of the finalized epoch, 0 while unknown. */
  finalizedSlot(): number
  /** get_committee_count_per_slot where the number of active validators leaves no doubt of it, else undefined. */
  committeesPerSlot(): number | undefined
  /** The digest that is right for a message about `slot`. */
  digestAt(slot: number): string
  /** The fork in force at `slot`; before genesis, the first. */
  forkAt(slot: number): ForkName
}
