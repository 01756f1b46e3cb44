import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { PulseEvent } from '../../rpc/contract.ts'
import type { Clock } from '../../shared/clock.ts'
import type { GossipStats } from './gossip-stats.ts'

/** How often the slot is looked at; the pulse itself comes once a slot. */
const CHECK_PERIOD_MS = 250

export interface PulseDeps {
  readonly clock: Clock
  readonly slotClock: SlotClock
  readonly stats: GossipStats
  readonly gauges: () => Pick<PulseEvent, 'peers' | 'blockMeshPeers' | 'topics'>
  /** Of the event loop since it was last asked, ms. */
  readonly takeLongestDelayMs: () => number
  readonly emit: (pulse: PulseEvent) => void
}

/** Sends main one small record a slot: the only thing it learns of traffic without asking. */
export class Pulse {
  readonly #deps: PulseDeps
  #slot: number | undefined
  #timer: Disposable | undefined

  constructor(deps: PulseDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#slot = this.#deps.slotClock.currentSlot()
    this.#timer = this.#deps.clock.every(CHECK_PERIOD_MS, () => this.#check())
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #check(): void {
    const { clock, slotClock, stats, gauges, takeLongestDelayMs, emit } = this.#deps
    const slot = slotClock.currentSlot()
    if (slot === this.#slot) return
    this.#slot = slot
    emit({
      slot,
      atMs: clock.nowMs(),
      ...gauges(),
      counters: stats.counters(),
      forwardP50Ms: stats.latency.quantile(0.5),
      forwardP99Ms: stats.latency.quantile(0.99),
      loopDelayMaxMs: takeLongestDelayMs(),
    })
    stats.latency.clear()
  }
}
