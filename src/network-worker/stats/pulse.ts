import type { SlotClock } from '../../consensus/slot-clock.ts'
import { watchSlots } from '../../consensus/slot-watch.ts'
import type { PulseEvent } from '../../rpc/pulse-event.ts'
import type { Clock } from '../../shared/clock.ts'
import type { GossipStats } from './gossip-stats.ts'

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
  #timer: Disposable | undefined

  constructor(deps: PulseDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = watchSlots(this.#deps, (slot) => this.#beat(slot))
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #beat(slot: number): void {
    const { clock, stats, gauges, takeLongestDelayMs, emit } = this.#deps
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
