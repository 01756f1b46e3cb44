/** Who proposes in the last, this and, where that is settled, the next epoch, asked for as seldom as is good enough. */
import type { ForkSchedule } from '../consensus/fork-schedule.ts'
import { isForkAtLeast } from '../consensus/network-config.ts'
import type { SlotClock } from '../consensus/slot-clock.ts'
import type { Duty } from './node-facts.ts'

/** Asked for anew so often within an epoch, since a reorganisation can change them. */
const PERIOD_SLOTS = 8

export interface LookaheadDeps {
  readonly slotClock: SlotClock
  readonly schedule: ForkSchedule
  /** Undefined when the node does not say: what it said before stays, and what it never said is asked for again. */
  readonly ask: (epoch: number, isNext: boolean) => Promise<readonly Duty[] | undefined>
}

export class ProposerLookahead {
  readonly #deps: LookaheadDeps
  readonly #byEpoch = new Map<number, readonly Duty[]>()
  #askedAtSlot = Number.NEGATIVE_INFINITY

  constructor(deps: LookaheadDeps) {
    this.#deps = deps
  }

  /** Has the next `take` ask for everything: the node may be another, or nobody heard what was taken. */
  askAnew(): void {
    this.#askedAtSlot = Number.NEGATIVE_INFINITY
  }

  /** All that is known, when something of it is new. */
  async take(): Promise<readonly Duty[] | undefined> {
    const { slotClock, ask } = this.#deps
    const slot = Math.max(0, slotClock.currentSlot())
    const epoch = slotClock.epochOfSlot(slot)
    // The last epoch's stay for blocks that come late.
    for (const old of this.#byEpoch.keys()) if (old < epoch - 1 || old > epoch + 1) this.#byEpoch.delete(old)
    let isNew = false
    for (const wanted of this.#due(slot, epoch)) {
      const duties = await ask(wanted, wanted > epoch)
      if (duties === undefined) continue
      this.#byEpoch.set(wanted, duties)
      isNew = true
    }
    return isNew ? [...this.#byEpoch.values()].flat() : undefined
  }

  #due(slot: number, epoch: number): readonly number[] {
    const { slotClock, schedule } = this.#deps
    // Before fulu the next epoch's proposers can change until it begins (EIP-7917 settles them an epoch ahead).
    const isSettled = isForkAtLeast(schedule.at(epoch).fork, 'fulu')
    const wanted = isSettled ? [epoch, epoch + 1] : [epoch]
    const isOfThisEpoch = slotClock.epochOfSlot(this.#askedAtSlot) === epoch
    if (isOfThisEpoch && slot - this.#askedAtSlot < PERIOD_SLOTS) return wanted.filter((one) => !this.#byEpoch.has(one))
    this.#askedAtSlot = slot
    return wanted
  }
}
