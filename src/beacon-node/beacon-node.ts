/**
 * Follows the operator's beacon node: once a slot its head, finality and proposers of the last, this and the next
 * epoch. Nothing waits for it: what it says is told on, and while it says nothing the relay goes by what it has.
 *
 *     connecting → ready ⇄ syncing     it is behind: what it says is not told on
 *          ↓↑        ⇅
 *       mismatch    away               another network, never used; no answer, asked again with back-off
 */

import { createForkSchedule, type ForkSchedule } from '../consensus/fork-schedule.ts'
import { isForkAtLeast, type NetworkConfig } from '../consensus/network-config.ts'
import { createSlotClock, type SlotClock } from '../consensus/slot-clock.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { BeaconApi } from './beacon-api.ts'
import { FinalityTrail } from './finality-trail.ts'
import { BeaconNodeError, type FailureKind } from './http-answer.ts'
import { findMismatches, futureDifference } from './identity-check.ts'
import type { Duty, NodeFacts } from './node-facts.ts'

export const BEACON_NODE_STATES = ['connecting', 'ready', 'syncing', 'away', 'mismatch'] as const
export type BeaconNodeState = (typeof BEACON_NODE_STATES)[number]

export interface BeaconNodeView {
  readonly state: BeaconNodeState
  /** What the node last said of itself; false while it is not ready. */
  readonly isOptimistic: boolean
  readonly elOffline: boolean
  /** Rounds that told something on. */
  readonly rounds: number
  /** Requests that gave nothing to use, by why. */
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>
  /** Slot of its head, 0 for none yet. */
  readonly headSlot: number
  readonly finalizedEpoch: number
}

export interface BeaconNodeDeps {
  readonly api: BeaconApi
  readonly network: NetworkConfig
  readonly clock: Clock
  readonly log: Logger
  /** Tells the network worker. A failure is the worker's and ends nothing here. */
  readonly tell: (facts: NodeFacts) => Promise<void>
}

/** A node that does not answer is asked again after this, doubled up to a minute. */
const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 60_000
/** One of another network may be replaced by the right one, which is no hurry. */
const MISMATCH_RETRY_MS = 60_000
/** Slots that a node may be behind and still be believed: what health calls synced. */
const MAX_BEHIND_SLOTS = 2
/** Duties are asked for anew so often within an epoch, since a reorganisation can change them. */
const DUTIES_PERIOD_SLOTS = 8

export class BeaconNode {
  readonly #deps: BeaconNodeDeps
  readonly #slotClock: SlotClock
  readonly #schedule: ForkSchedule
  readonly #trail: FinalityTrail
  readonly #failures: Partial<Record<FailureKind, number>> = {}
  readonly #duties = new Map<number, readonly Duty[]>()
  #dutiesAtSlot = Number.NEGATIVE_INFINITY
  #state: BeaconNodeState = 'connecting'
  #isChecked = false
  #warned: string | undefined
  #figures = { isOptimistic: false, elOffline: false, rounds: 0, headSlot: 0, finalizedEpoch: 0 }
  #retryMs = FIRST_RETRY_MS
  #timer: Disposable | undefined
  #isStopped = false

  constructor(deps: BeaconNodeDeps) {
    this.#deps = deps
    this.#slotClock = createSlotClock(deps.network, deps.clock)
    this.#schedule = createForkSchedule(deps.network)
    this.#trail = new FinalityTrail(deps.api, deps.network.slotsPerEpoch)
  }

  start(): void {
    this.#again(0)
  }

  /** Asks nothing more; what is under way is cut off. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.[Symbol.dispose]()
    this.#deps.api.stop()
  }

  view(): BeaconNodeView {
    return { state: this.#state, ...this.#figures, failures: { ...this.#failures } }
  }

  #again(delayMs: number): void {
    if (this.#isStopped) return
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#run())
  }

  /** One round; never rejects. */
  async #run(): Promise<void> {
    try {
      this.#again(await this.#round())
    } catch (error) {
      if (this.#isStopped) return
      const kind = error instanceof BeaconNodeError ? error.kind : 'bad_answer'
      this.#failures[kind] = (this.#failures[kind] ?? 0) + 1
      this.#isChecked = false // who comes back may be another
      this.#figures = { ...this.#figures, isOptimistic: false, elOffline: false }
      this.#enter('away', error instanceof Error ? error.message : String(error))
      this.#again(this.#retryMs)
      this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2)
    }
  }

  /** Answers ms until the next round. */
  async #round(): Promise<number> {
    const { api, network } = this.#deps
    if (!this.#isChecked && !(await this.#check())) return MISMATCH_RETRY_MS
    const { is_syncing, sync_distance, is_optimistic, el_offline } = await api.syncing()
    this.#figures = { ...this.#figures, isOptimistic: is_optimistic, elOffline: el_offline }
    this.#retryMs = FIRST_RETRY_MS
    if (is_syncing || sync_distance > MAX_BEHIND_SLOTS) {
      this.#enter('syncing', `${sync_distance} slots behind`)
      return network.slotDurationMs
    }
    await this.#tellFacts()
    this.#enter('ready', 'its head, finality and proposers are used')
    return network.slotDurationMs
  }

  async #tellFacts(): Promise<void> {
    const { api, tell, log } = this.#deps
    const head = await api.head()
    const finalized = await api.finalized()
    const toldFinalized = await this.#trail.take({ epoch: finalized.epoch, rootHex: finalized.root })
    const duties = await this.#newDuties()
    const { rounds } = this.#figures
    this.#figures = { ...this.#figures, headSlot: head.slot, finalizedEpoch: finalized.epoch, rounds: rounds + 1 }
    const facts: NodeFacts = {
      head,
      ...(toldFinalized === undefined ? {} : { toldFinalized }),
      ...(duties === undefined ? {} : { duties }),
    }
    await tell(facts).catch((err: unknown) => {
      this.#dutiesAtSlot = Number.NEGATIVE_INFINITY // told again in the next round
      if (!this.#isStopped) log.warn({ err }, 'what the beacon node says could not be handed on')
    })
  }

  /** Undefined while those told last are good enough. */
  async #newDuties(): Promise<readonly Duty[] | undefined> {
    const slot = Math.max(0, this.#slotClock.currentSlot())
    const epoch = this.#slotClock.epochOfSlot(slot)
    const isOfThisEpoch = this.#slotClock.epochOfSlot(this.#dutiesAtSlot) === epoch
    if (isOfThisEpoch && slot - this.#dutiesAtSlot < DUTIES_PERIOD_SLOTS) return undefined
    // Before fulu the next epoch's proposers can change until it begins (EIP-7917 settles them an epoch ahead).
    const isSettled = isForkAtLeast(this.#schedule.at(epoch).fork, 'fulu')
    for (const wanted of isSettled ? [epoch, epoch + 1] : [epoch]) {
      this.#duties.set(wanted, await this.#dutiesOf(wanted))
    }
    // The last epoch's stay for blocks that come late.
    for (const old of this.#duties.keys()) if (old < epoch - 1 || old > epoch + 1) this.#duties.delete(old)
    this.#dutiesAtSlot = slot
    return [...this.#duties.values()].flat()
  }

  async #dutiesOf(epoch: number): Promise<readonly Duty[]> {
    const duties = await this.#deps.api.duties(epoch)
    if (duties.every(({ slot }) => this.#slotClock.epochOfSlot(slot) === epoch)) return duties
    throw new BeaconNodeError('bad_answer', `proposer duties of epoch ${epoch}: are of another one`)
  }

  /** False for a node that must not be used. */
  async #check(): Promise<boolean> {
    const { api, network } = this.#deps
    const identity = { genesis: await api.genesis(), spec: await api.spec(), forks: await api.forkSchedule() }
    const epoch = Math.max(0, this.#slotClock.currentEpoch())
    const mismatches = findMismatches(identity, network, epoch)
    if (mismatches.length > 0) {
      this.#enter('mismatch', mismatches.join('; '))
      return false
    }
    this.#isChecked = true
    const difference = futureDifference(identity.forks, network, epoch)
    if (difference !== undefined && difference !== this.#warned) {
      this.#deps.log.warn(
        { difference },
        "the beacon node's schedule of forks to come is not ours: one of the two is stale",
      )
    }
    this.#warned = difference
    return true
  }

  /** One line a change of state. */
  #enter(state: BeaconNodeState, why: string): void {
    if (state === this.#state) return
    this.#state = state
    const { log } = this.#deps
    if (state === 'ready') log.info({ why }, 'beacon node: ready')
    else if (state === 'mismatch') log.error({ why }, 'beacon node: is of another network and is not used')
    else log.warn({ why }, `beacon node: ${state}; the relay goes on without it`)
  }
}
