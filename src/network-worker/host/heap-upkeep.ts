import { getHeapStatistics } from 'node:v8'
import { msUntilQuiet, QUIET_FROM_SHARE, QUIET_UNTIL_SHARE } from '../../consensus/quiet-time.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { Clock } from '../../shared/clock.ts'
import { busyShare } from './busy-share.ts'
import { collector } from './collector.ts'

/** How often it is looked whether now is a good time, while it may be, and what a thread's share of work is taken over. */
const LOOK_PERIOD_MS = 200
/** In that time, however short slots are. */
const LEAST_LOOKS = 3
/** Growth at which a collection is worth its time: V8 makes one by itself at twice the size, some 40 MiB (ADR 23). */
export const COLLECTED_AFTER_GROWTH_BYTES = 12 * 1024 * 1024
/** A thread that works more than this has messages to forward, whatever the time. */
const MAX_BUSY_SHARE = 0.25

export interface HeapUpkeepDeps {
  readonly clock: Clock
  readonly slotClock: Pick<SlotClock, 'msIntoSlot'>
  readonly slotDurationMs: number
  /** Bytes in use. */
  readonly heapBytes: () => number
  /** The share of the time since it was last asked in which the thread worked, 0 to 1. */
  readonly busyShare: () => number
  /** Begins to collect the whole heap; what is freed by it shows later. */
  readonly collect: () => void
}

/**
 * Collects the heap of the network thread late in a slot, when nobody waits. V8 does it when the heap has grown by so much,
 * or when little happens, which is just before the next block: what comes then waits for 10 to 30 ms.
 */
export class HeapUpkeep {
  readonly #deps: HeapUpkeepDeps
  #leftBytes: number
  #timer: Disposable | undefined

  constructor(deps: HeapUpkeepDeps) {
    this.#deps = deps
    this.#leftBytes = deps.heapBytes()
  }

  start(): void {
    this.#timer ??= this.#arm()
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** Sleeps until the next time in which nothing is due: each look wakes the thread. */
  #arm(): Disposable {
    const { clock, busyShare, slotDurationMs } = this.#deps
    const waitMs = this.#msUntilQuiet
    const quietMs = (QUIET_UNTIL_SHARE - QUIET_FROM_SHARE) * slotDurationMs
    const periodMs = Math.min(LOOK_PERIOD_MS, quietMs / (LEAST_LOOKS + 1))
    return clock.after(waitMs === 0 ? periodMs : waitMs, () => {
      this.#timer = this.#arm()
      if (waitMs === 0) this.#look()
      else busyShare() // of what comes from here on
    })
  }

  #look(): void {
    const { heapBytes, busyShare, collect } = this.#deps
    const isBusy = busyShare() > MAX_BUSY_SHARE
    if (isBusy || this.#msUntilQuiet > 0) return
    const usedBytes = heapBytes()
    // Whoever collected it, what was freed is not growth.
    this.#leftBytes = Math.min(this.#leftBytes, usedBytes)
    if (usedBytes - this.#leftBytes < COLLECTED_AFTER_GROWTH_BYTES) return
    collect()
    this.#leftBytes = heapBytes()
  }

  get #msUntilQuiet(): number {
    return msUntilQuiet(this.#deps.slotClock, this.#deps.slotDurationMs)
  }
}

/** The calling thread's own. */
export function heapUpkeep(deps: Pick<HeapUpkeepDeps, 'clock' | 'slotClock' | 'slotDurationMs'>): HeapUpkeep {
  return new HeapUpkeep({
    ...deps,
    heapBytes: () => getHeapStatistics().used_heap_size,
    busyShare: busyShare(),
    collect: collector().whole,
  })
}
