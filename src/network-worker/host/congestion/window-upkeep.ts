import type { Clock } from '../../../shared/clock.ts'

/**
 * After so long without a byte a connection is given one. TCP begins anew after its retransmission timeout (RFC 5681 §4.1), which
 * is 200 ms and a round trip at least (TCP_RTO_MIN of Linux); the rest is for timers that are late.
 */
export const QUIET_MS = 140
/** Connections that are due so soon are served together, for fewer wakes. */
const TOGETHER_MS = 20
/** In one go: a ping is a write of some 35 µs, and a block that comes meanwhile waits for the rest of them. */
const AT_ONCE = 8
/** Until the next ones; all of MAX_KEPT take 32 of these, and none is then later than its connection bears. */
const PAUSE_MS = 1
/** Kept at once: all of the meshes of blocks and columns at a high load. A connection past it only begins anew. */
export const MAX_KEPT = 256

/** A connection whose windows are to be kept. */
export interface KeptConnection {
  /** When it needs a byte, monotonic ms; Infinity when there is nothing left to keep. */
  dueAtMs(nowMs: number): number
  /** Has a byte go both ways. */
  ping(): void
}

/**
 * Keeps TCP from taking back the windows of connections that blocks pass over, all of them by one timer, and by none while there
 * is nothing to keep.
 */
export class WindowUpkeep {
  readonly clock: Clock
  /** Those whose windows grew longest ago come first. */
  readonly #kept = new Set<KeptConnection>()
  #timer: Disposable | undefined
  #pings = 0
  #dropped = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Connections that are kept now. */
  get kept(): number {
    return this.#kept.size
  }

  /** Times that a connection was given a byte, since start. */
  get pings(): number {
    return this.#pings
  }

  /** Connections that were let go for want of room, since start. */
  get dropped(): number {
    return this.#dropped
  }

  /** A window of this connection grew. */
  keep(connection: KeptConnection): void {
    this.#kept.delete(connection)
    this.#kept.add(connection)
    if (this.#kept.size > MAX_KEPT) this.#dropOldest()
    this.#timer ??= this.clock.after(QUIET_MS, () => this.#serve())
  }

  /** This connection is over. */
  forget(connection: KeptConnection): void {
    this.#kept.delete(connection)
  }

  #dropOldest(): void {
    const [oldest] = this.#kept
    if (oldest !== undefined) this.#kept.delete(oldest)
    this.#dropped++
  }

  #serve(): void {
    const nowMs = this.clock.monotonicMs()
    let nextMs = Number.POSITIVE_INFINITY
    let served = 0
    for (const connection of this.#kept) {
      const dueAtMs = connection.dueAtMs(nowMs)
      if (dueAtMs === Number.POSITIVE_INFINITY) this.#kept.delete(connection)
      else if (dueAtMs > nowMs + TOGETHER_MS) nextMs = Math.min(nextMs, dueAtMs)
      else if (served === AT_ONCE) nextMs = nowMs + PAUSE_MS
      else {
        nextMs = Math.min(nextMs, nowMs + QUIET_MS)
        served++
        this.#pings++
        connection.ping()
      }
    }
    this.#timer = this.#kept.size === 0 ? undefined : this.clock.after(nextMs - nowMs, () => this.#serve())
  }
}
