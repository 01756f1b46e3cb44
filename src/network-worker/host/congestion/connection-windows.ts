import { GrownWindow } from './grown-window.ts'
import { type KeptConnection, QUIET_MS, type WindowUpkeep } from './window-upkeep.ts'

/** The congestion windows of one connection, the one at either end, and when they need a byte. */
export class ConnectionWindows implements KeptConnection {
  readonly #upkeep: WindowUpkeep
  readonly #sendPing: () => void
  readonly #ours = new GrownWindow()
  readonly #theirs = new GrownWindow()
  #pingedAtMs = Number.NEGATIVE_INFINITY

  /** @param sendPing sends what the other side answers at once */
  constructor(upkeep: WindowUpkeep, sendPing: () => void) {
    this.#upkeep = upkeep
    this.#sendPing = sendPing
  }

  onSent(bytes: number): void {
    if (this.#ours.use(bytes, this.#upkeep.clock.monotonicMs())) this.#upkeep.keep(this)
  }

  onReceived(bytes: number): void {
    if (this.#theirs.use(bytes, this.#upkeep.clock.monotonicMs())) this.#upkeep.keep(this)
  }

  dueAtMs(nowMs: number): number {
    return Math.min(this.#oursDueAtMs(nowMs), this.#theirsDueAtMs(nowMs))
  }

  ping(): void {
    this.#pingedAtMs = this.#upkeep.clock.monotonicMs()
    this.#sendPing()
  }

  /** The connection is over. */
  end(): void {
    this.#upkeep.forget(this)
  }

  #oursDueAtMs(nowMs: number): number {
    return this.#ours.isGrown(nowMs) ? this.#ours.usedAtMs + QUIET_MS : Number.POSITIVE_INFINITY
  }

  /** The other side sends when it is asked to; what it does by itself we see only when it has come. */
  #theirsDueAtMs(nowMs: number): number {
    if (!this.#theirs.isGrown(nowMs)) return Number.POSITIVE_INFINITY
    return Math.max(this.#theirs.usedAtMs, this.#pingedAtMs) + QUIET_MS
  }
}
