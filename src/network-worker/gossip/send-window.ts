import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'

/**
 * How long a short message may wait for company: a small part of the way to any peer, and at some thousands of messages a
 * second, when it matters, ten of them or more to a frame and a system call.
 */
export const JOINING_PERIOD_MS = 4
/** With fewer messages in a period they go at once, each by itself: there is time for it, and they come sooner. */
export const MIN_COMPANY = 4

export interface SendWindowDeps<Told> {
  readonly clock: Clock
  /** Sends what waits for a peer. */
  readonly flush: (peerId: PeerIdStr) => void
  /** The copies of a message that waited have been sent. */
  readonly tell: (told: Told) => void
}

/** When short messages wait for company, and until when. One timer for all peers, and none while nothing waits. */
export class SendWindow<Told> {
  readonly #deps: SendWindowDeps<Told>
  /** Peers for whom messages wait; at most those we are connected to. */
  readonly #waiting = new Set<PeerIdStr>()
  /** Messages of which copies wait; at most those that come in a period. */
  #toTell: Told[] = []
  /** End of this period, monotonic ms. */
  #untilMs = Number.NEGATIVE_INFINITY
  /** Messages of this period and of the one before. */
  #count = 0
  #countBefore = 0

  constructor(deps: SendWindowDeps<Told>) {
    this.#deps = deps
  }

  /** To be asked once for each short message: true when so many come that this one should wait for company. */
  isBusy(nowMs = this.#deps.clock.monotonicMs()): boolean {
    if (nowMs >= this.#untilMs) {
      this.#countBefore = nowMs < this.#untilMs + JOINING_PERIOD_MS ? this.#count : 0
      this.#count = 0
      this.#untilMs = nowMs + JOINING_PERIOD_MS
    }
    this.#count++
    // None overtakes those that wait, though their period may be over before the timer is.
    if (this.#waiting.size > 0) return true
    return this.#countBefore >= MIN_COMPANY || this.#count > MIN_COMPANY
  }

  /** A message waits for this peer. */
  wait(peerId: PeerIdStr): void {
    const { clock } = this.#deps
    if (this.#waiting.size === 0) clock.after(Math.max(0, this.#untilMs - clock.monotonicMs()), () => this.#flush())
    this.#waiting.add(peerId)
  }

  /** To be told once what waits now is sent. */
  tellThen(told: Told): void {
    this.#toTell.push(told)
  }

  #flush(): void {
    const { flush, tell } = this.#deps
    for (const peerId of this.#waiting) flush(peerId)
    this.#waiting.clear()
    const toTell = this.#toTell
    this.#toTell = []
    for (const told of toTell) tell(told)
  }
}
