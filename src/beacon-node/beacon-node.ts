/**
 * Follows the operator's beacon node: once a slot its head, finality and proposers of the last, this and the next
 * epoch. Nothing waits for it: what it says is told on, and while it says nothing the relay goes by what it has.
 *
 *     connecting → ready ⇄ syncing     it is behind: what it says is not told on
 *          ↓↑        ⇅
 *       mismatch    away               another network, never used; no answer, asked again with back-off
 */

import { createForkSchedule } from '../consensus/fork-schedule.ts'
import type { NetworkConfig } from '../consensus/network-config.ts'
import { createSlotClock, type SlotClock } from '../consensus/slot-clock.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { BeaconApi } from './beacon-api.ts'
import { FinalityTrail } from './finality-trail.ts'
import { BeaconNodeError, type FailureKind } from './http-answer.ts'
import { findMismatches, scheduleDifference } from './identity-check.ts'
import type { Duty, Head, NodeFacts } from './node-facts.ts'
import { ProposerLookahead } from './proposer-lookahead.ts'

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
/**
 * Slots that a node may be behind and still be believed when it calls itself synced: so many empty slots in a row are bad
 * luck even where half of the validators are gone. Who is further behind may have the proposers of another chain.
 */
const MAX_BEHIND_SLOTS = 8
/** Its clock and ours differ, and a head comes within a round. */
const MAX_AHEAD_SLOTS = 1

/** What is good to have, and may be missing. */
type Extra = 'finality before the newest' | 'proposers of this epoch' | 'proposers of the next epoch'

export class BeaconNode {
  readonly #deps: BeaconNodeDeps
  readonly #slotClock: SlotClock
  readonly #trail: FinalityTrail
  readonly #lookahead: ProposerLookahead
  readonly #failures: Partial<Record<FailureKind, number>> = {}
  readonly #missing = new Set<Extra>()
  #state: BeaconNodeState = 'connecting'
  /** When the node was last found to be of our network; undefined until then, and when it may be another. */
  #checkedEpoch: number | undefined
  #warned: string | undefined
  #figures = { isOptimistic: false, elOffline: false, rounds: 0, headSlot: 0, finalizedEpoch: 0 }
  #retryMs = FIRST_RETRY_MS
  #timer: Disposable | undefined
  #isStopped = false

  constructor(deps: BeaconNodeDeps) {
    const { api, network, clock } = deps
    this.#deps = deps
    this.#slotClock = createSlotClock(network, clock)
    this.#trail = new FinalityTrail(api, network.slotsPerEpoch)
    this.#lookahead = new ProposerLookahead({
      slotClock: this.#slotClock,
      schedule: createForkSchedule(network),
      ask: (epoch, isNext) =>
        this.#extra(isNext ? 'proposers of the next epoch' : 'proposers of this epoch', this.#dutiesOf(epoch)),
    })
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
      const delayMs = await this.#round()
      this.#retryMs = FIRST_RETRY_MS
      this.#again(delayMs)
    } catch (error) {
      if (this.#isStopped) return
      this.#countFailure(error)
      // Who comes back may be another, or follow another chain.
      this.#checkedEpoch = undefined
      this.#trail.clear()
      this.#lookahead.askAnew()
      this.#figures = { ...this.#figures, isOptimistic: false, elOffline: false }
      this.#enter('away', reasonOf(error))
      this.#again(this.#retryMs)
      this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2)
    }
  }

  /** Answers ms until the next round. */
  async #round(): Promise<number> {
    const { api, network } = this.#deps
    if (!(await this.#isOurs())) return MISMATCH_RETRY_MS
    const { is_syncing, sync_distance, is_optimistic, el_offline } = await api.syncing()
    this.#figures = { ...this.#figures, isOptimistic: is_optimistic, elOffline: el_offline }
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
    const { epoch, root } = await api.finalized()
    this.#checkAgainstClock(head, epoch)
    const toldFinalized = await this.#extra('finality before the newest', this.#trail.take({ epoch, rootHex: root }))
    const duties = await this.#lookahead.take()
    const { rounds } = this.#figures
    this.#figures = { ...this.#figures, headSlot: head.slot, finalizedEpoch: epoch, rounds: rounds + 1 }
    const facts: NodeFacts = {
      head,
      ...(toldFinalized === undefined ? {} : { toldFinalized }),
      ...(duties === undefined ? {} : { duties }),
    }
    await tell(facts).catch((err: unknown) => {
      this.#lookahead.askAnew() // told again in the next round
      if (!this.#isStopped) log.warn({ err }, 'what the beacon node says could not be handed on')
    })
  }

  /** What cannot be true by our clock would be told to peers, who leave for it. */
  #checkAgainstClock(head: Head, finalizedEpoch: number): void {
    const slot = Math.max(0, this.#slotClock.currentSlot())
    if (head.slot > slot + MAX_AHEAD_SLOTS) {
      const why = `its head is of slot ${head.slot}, and our clock is in slot ${slot}: one of the two clocks is wrong`
      throw new BeaconNodeError('bad_answer', why)
    }
    if (finalizedEpoch === 0 || finalizedEpoch < this.#slotClock.epochOfSlot(head.slot)) return
    throw new BeaconNodeError('bad_answer', `its finalized epoch ${finalizedEpoch} is not behind its head`)
  }

  /** Undefined when the node does not say: the rest of what it says is used all the same. One line in the log. */
  async #extra<Value>(what: Extra, asked: Promise<Value | undefined>): Promise<Value | undefined> {
    try {
      const value = await asked
      this.#missing.delete(what)
      return value
    } catch (error) {
      if (this.#isStopped) throw error
      this.#countFailure(error)
      const isKnown = this.#missing.has(what)
      this.#missing.add(what)
      if (!isKnown) this.#deps.log.warn({ what, why: reasonOf(error) }, 'the beacon node does not say everything')
      return undefined
    }
  }

  async #dutiesOf(epoch: number): Promise<readonly Duty[]> {
    const duties = await this.#deps.api.duties(epoch)
    if (duties.every(({ slot }) => this.#slotClock.epochOfSlot(slot) === epoch)) return duties
    throw new BeaconNodeError('bad_answer', `proposer duties of epoch ${epoch}: are of another one`)
  }

  /** False for a node that must not be used. Behind one URL another may answer from some time on: asked once an epoch. */
  async #isOurs(): Promise<boolean> {
    const { api, network } = this.#deps
    const epoch = Math.max(0, this.#slotClock.currentEpoch())
    if (this.#checkedEpoch === epoch) return true
    const identity = { genesis: await api.genesis(), spec: await api.spec(), forks: await api.forkSchedule() }
    const mismatches = findMismatches(identity, network, epoch)
    if (mismatches.length > 0) {
      this.#checkedEpoch = undefined
      this.#enter('mismatch', mismatches.join('; '))
      return false
    }
    this.#checkedEpoch = epoch
    const difference = scheduleDifference(identity, network, epoch)
    if (difference !== undefined && difference !== this.#warned) {
      this.#deps.log.warn({ difference }, "the beacon node's schedule is not ours: one of the two is stale")
    }
    this.#warned = difference
    return true
  }

  #countFailure(error: unknown): void {
    const kind = error instanceof BeaconNodeError ? error.kind : 'bad_answer'
    this.#failures[kind] = (this.#failures[kind] ?? 0) + 1
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
