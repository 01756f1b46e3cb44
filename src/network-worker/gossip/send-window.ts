import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'

/**
 * How long a short message may wait for company: a small part of the way to any peer, and at some thousands of messages a
 * second, when it matters, ten of them or more to a frame and a system call.
 */
export const JOINING_PERIOD_MS = 4
/** With fewer messages in a period they go at once, each by itself: there is time for it, and they come sooner. */
export const MIN_COMPANY = 4
/**
 * A thread that works for more than this of a period has messages wait for it anyway: with fewer writes all of them leave
 * sooner (ADR 41).
 */
export const MAX_BUSY_SHARE = 0.5

export interface SendWindowDeps<Told> {
  readonly clock: Clock
  /** The share of the time since it was last asked in which the thread worked, 0 to 1. */
  readonly busyShare: () => number
  /** A write to this peer costs much, however short: a packet of its own, and the answer to it. */
  readonly isCostly: (peerId: PeerIdStr) => boolean
  /** Sends what waits for a peer. */
  readonly flush: (peerId: PeerIdStr) => void
  /** The copies of a message that waited have been sent. */
  readonly tell: (told: Told) => void
}

/**
 * When short messages wait for company, and until when: a period, or two where a write costs much while the thread is short
 * of time. One timer for all peers, and none while nothing waits.
 */
export class SendWindow<Told> {
  readonly #deps: SendWindowDeps<Told>
  /** Peers for whom messages wait; at most those we are connected to. */
  readonly #waiting = new Set<PeerIdStr>()
  /** Those of them whom a flush has left out, which the next one will not. */
  #held: ReadonlySet<PeerIdStr> = new Set()
  /** Messages of which copies wait; at most those that come in a period. */
  #toTell: Told[] = []
  /** The same, of the period before: copies wait for those who were left out. */
  #toTellNext: Told[] = []
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

  /** Sends what waits; while the thread is short of time only every other time to those to whom that costs much. */
  #flush(): void {
    const { clock, tell } = this.#deps
    this.#held = this.#flushDue()
    const someWait = this.#held.size > 0
    const sent = someWait ? this.#toTellNext : [...this.#toTellNext, ...this.#toTell]
    this.#toTellNext = someWait ? this.#toTell : []
    this.#toTell = []
    if (someWait) clock.after(JOINING_PERIOD_MS, () => this.#flush())
    for (const told of sent) tell(told)
  }

  /** @returns those who still wait */
  #flushDue(): ReadonlySet<PeerIdStr> {
    const { flush, busyShare, isCostly } = this.#deps
    const isShortOfTime = busyShare() > MAX_BUSY_SHARE
    const held = new Set<PeerIdStr>()
    for (const peerId of this.#waiting) {
      if (isShortOfTime && !this.#held.has(peerId) && isCostly(peerId)) {
        held.add(peerId)
        continue
      }
      flush(peerId)
      this.#waiting.delete(peerId)
    }
    return held
  }
}
