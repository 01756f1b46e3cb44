import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'

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
/** Flushes in a row that leave a peer out. With two blocks are there sooner as a rule and the last ones later (ADR 41). */
const MAX_LEFT_OUT = 1

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
  /** Peers for whom messages wait, and how many flushes have left each out; at most those we are connected to. */
  readonly #waiting = new Map<PeerIdStr, number>()
  /** Messages of which copies wait, by period, the oldest first; at most those that come in `1 + MAX_LEFT_OUT` of them. */
  readonly #toTell: Told[][] = [[]]
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
    this.#waiting.set(peerId, this.#waiting.get(peerId) ?? 0)
  }

  /** To be told once what waits now is sent. */
  tellThen(told: Told): void {
    this.#toTell.at(-1)?.push(told)
  }

  /** Sends what waits, and tells of what nobody waits for any more. */
  #flush(): void {
    const { clock, tell } = this.#deps
    this.#flushDue()
    const someWait = this.#waiting.size > 0
    const sent = this.#toTell.splice(0, someWait ? this.#toTell.length - MAX_LEFT_OUT : this.#toTell.length)
    this.#toTell.push([])
    if (someWait) clock.after(JOINING_PERIOD_MS, () => this.#flush())
    for (const told of sent.flat()) tell(told)
  }

  /** Leaves out those to whom a write costs much, while the thread is short of time. */
  #flushDue(): void {
    const { flush, busyShare, isCostly } = this.#deps
    const isShortOfTime = busyShare() > MAX_BUSY_SHARE
    for (const [peerId, leftOut] of this.#waiting) {
      if (isShortOfTime && leftOut < MAX_LEFT_OUT && isCostly(peerId)) {
        this.#waiting.set(peerId, leftOut + 1)
        continue
      }
      flush(peerId)
      this.#waiting.delete(peerId)
    }
  }
}
