/**
 * How wrong our clock is, as far as blocks can tell. A block that comes before its slot begins proves our clock slow, by
 * at least that much: honest proposers do not publish early. The reverse cannot be told: to a clock that is fast blocks
 * come late, as they do over a slow network. The kernel's own view (adjtimex) is out of reach of this runtime.
 * In: when blocks came. Out: a lower bound, and a warning.
 */
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'

/** Beyond it a clock costs attestations and blocks of others: their disparity allowance is 500 ms (p2p-interface). */
export const WARN_OFFSET_MS = 100
const WARN_PERIOD_MS = 3_600_000
/** How long a sender's earliest block counts: long enough for many proposers, short enough to see a clock mended. */
export const WINDOW_MS = 15 * 60_000
/** Anyone can send a block too early, so that a bound has to be shown by as many senders, and is what the last of them shows. */
export const MIN_WITNESSES = 3
/** Senders remembered; a bound needs three of them. */
export const MAX_WITNESSES = 256

interface Witness {
  readonly earlyMs: number
  readonly atMs: number
}

export interface ClockOffsetDeps {
  readonly clock: Clock
  readonly slotClock: Pick<SlotClock, 'slotStartMs'>
  readonly slotDurationMs: number
  readonly log: Logger
}

export class ClockOffset {
  readonly #deps: ClockOffsetDeps
  /** The most that a block of each sender came early in the window; the longest silent first. */
  readonly #witnesses = new Map<string, Witness>()
  #warnedAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: ClockOffsetDeps) {
    this.#deps = deps
  }

  /** A block of `slot` came just now. `sender`: who answers for it, a peer or all peers of one network. */
  onBlock(slot: number, sender: string): void {
    const { clock, slotClock, slotDurationMs } = this.#deps
    const earlyMs = slotClock.slotStartMs(slot) - clock.nowMs()
    // In time says nothing; a slot too early and more is no clock but rubbish.
    if (earlyMs <= 0 || earlyMs > slotDurationMs) return
    const atMs = clock.monotonicMs()
    const known = this.#live(this.#witnesses.get(sender), atMs)
    if (known !== undefined && known.earlyMs >= earlyMs) return
    this.#witnesses.delete(sender)
    this.#witnesses.set(sender, { earlyMs, atMs })
    const [oldest] = this.#witnesses.keys()
    if (this.#witnesses.size > MAX_WITNESSES && oldest !== undefined) this.#witnesses.delete(oldest)
    this.#warn(atMs)
  }

  /** Our clock is slow by at least this, ms; 0 when nothing shows that it is, which does not show that it is right. */
  boundMs(): number {
    const nowMs = this.#deps.clock.monotonicMs()
    const shown = [...this.#witnesses.values()].flatMap((witness) => this.#live(witness, nowMs)?.earlyMs ?? [])
    return shown.toSorted((a, b) => b - a)[MIN_WITNESSES - 1] ?? 0
  }

  #live(witness: Witness | undefined, nowMs: number): Witness | undefined {
    return witness !== undefined && nowMs - witness.atMs < WINDOW_MS ? witness : undefined
  }

  #warn(atMs: number): void {
    const boundMs = this.boundMs()
    if (boundMs <= WARN_OFFSET_MS || atMs - this.#warnedAtMs < WARN_PERIOD_MS) return
    this.#warnedAtMs = atMs
    this.#deps.log.warn(
      { behind_ms: Math.round(boundMs) },
      'clock is slow by at least this: blocks come before their slot',
    )
  }
}
