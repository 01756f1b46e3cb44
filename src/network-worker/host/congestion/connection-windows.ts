import { GrownWindow } from './grown-window.ts'
import { type KeptConnection, QUIET_MS, type WindowUpkeep } from './window-upkeep.ts'

/** The congestion windows of one connection, the one at either end, and when they need a byte. */
export class ConnectionWindows implements KeptConnection {
  readonly #upkeep: WindowUpkeep
  readonly #sendPing: () => void
  readonly #ours = new GrownWindow()
  readonly #theirs = new GrownWindow()
  #pingedAtMs = Number.NEGATIVE_INFINITY
  #isOver = false

  /** @param sendPing sends what the other side answers at once */
  constructor(upkeep: WindowUpkeep, sendPing: () => void) {
    this.#upkeep = upkeep
    this.#sendPing = sendPing
  }

  onSent(bytes: number): void {
    this.#use(this.#ours, bytes)
  }

  onReceived(bytes: number): void {
    this.#use(this.#theirs, bytes)
  }

  /** True while the peer can send a block at once, as far as what came shows. */
  get isTheirsWide(): boolean {
    return this.#theirs.isWide(this.#upkeep.clock.monotonicMs())
  }

  dueAtMs(nowMs: number): number {
    return Math.min(this.#oursDueAtMs(nowMs), this.#theirsDueAtMs(nowMs))
  }

  ping(): void {
    this.#pingedAtMs = this.#upkeep.clock.monotonicMs()
    this.#sendPing()
  }

  /** The connection is over, or about to be. */
  end(): void {
    this.#isOver = true
    this.#upkeep.forget(this)
  }

  #use(window: GrownWindow, bytes: number): void {
    const isGrowing = window.use(bytes, this.#upkeep.clock.monotonicMs())
    if (isGrowing && !this.#isOver) this.#upkeep.keep(this)
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
