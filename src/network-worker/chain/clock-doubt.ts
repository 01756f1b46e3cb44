/**
 * Whether it is our clock that is slow, and not the peers who are ahead: after a pause of the whole machine, until it is
 * set. In: what came of slots far ahead, and in time. Out: blame for those who are ahead alone, a second later.
 */
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { isOurOwnFault } from '../../shared/our-own-fault.ts'

/** How long a peer's last word counts. */
const WINDOW_MS = 30_000
/** Others have that long to show that it is us. */
const BLAMED_AFTER_MS = 1000
/** Blame for one peer that may wait: more changes nothing. */
const MAX_BLAMES = 100

interface Word {
  readonly isAhead: boolean
  readonly atMs: number
}

export class ClockDoubt {
  readonly #clock: Clock
  /** The last word of each peer since somebody was ahead, the longest silent first; bounded by the window. */
  readonly #words = new Map<PeerIdStr, Word>()
  /** Of the last word of somebody ahead, monotonic ms. */
  #aheadAtMs = Number.NEGATIVE_INFINITY
  readonly #blames = new Map<PeerIdStr, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What a peer says is of a slot far ahead. `blame` is called for it later, unless most are. */
  ahead(peerId: PeerIdStr, blame?: (peerId: PeerIdStr) => void): void {
    this.#aheadAtMs = this.#clock.monotonicMs()
    this.#note(peerId, true)
    if (blame === undefined) return
    if (this.#blames.size === 0) this.#clock.after(BLAMED_AFTER_MS, () => this.#blameAll(blame))
    this.#blames.set(peerId, Math.min(MAX_BLAMES, (this.#blames.get(peerId) ?? 0) + 1))
  }

  /** Somebody was ahead of late: only then it matters who is not. */
  get isAwake(): boolean {
    return this.#words.size > 0 && this.#clock.monotonicMs() - this.#aheadAtMs < WINDOW_MS
  }

  /** What a peer says is of our time. */
  inTime(peerId: { toString(): PeerIdStr }): void {
    if (this.isAwake) this.#note(peerId.toString(), false)
  }

  /** Most peers that said anything of late are ahead of us. */
  isFelt(): boolean {
    this.#forget()
    let ahead = 0
    for (const { isAhead } of this.#words.values()) if (isAhead) ahead++
    return isOurOwnFault(ahead, this.#words.size)
  }

  #blameAll(blame: (peerId: PeerIdStr) => void): void {
    const blames = [...this.#blames]
    this.#blames.clear()
    if (this.isFelt()) return
    for (const [peerId, count] of blames) for (let left = count; left > 0; left--) blame(peerId)
  }

  #note(peerId: PeerIdStr, isAhead: boolean): void {
    this.#words.delete(peerId)
    this.#words.set(peerId, { isAhead, atMs: this.#clock.monotonicMs() })
    this.#forget()
  }

  #forget(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [peerId, { atMs }] of this.#words) {
      if (nowMs - atMs < WINDOW_MS) break
      this.#words.delete(peerId)
    }
  }
}
