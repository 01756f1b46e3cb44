import type { Clock } from '../../../shared/clock.ts'
import { FLAG, FRAME_TYPE, MAX_UINT32 } from './frame.ts'
import type { FrameOutput } from './frame-output.ts'

/**
 * Pings the other side now and then, to know the round trip by which windows grow; one at a time. Like the library it
 * ends nothing when no answer comes: a peer that is gone is found out by TCP and by the pings of eth2.
 */
export class RoundTrip implements Disposable {
  readonly #output: FrameOutput
  readonly #clock: Clock
  readonly #timer: Disposable
  #nextId = 0
  #askedAtMs: number | undefined
  #ms = 0

  constructor(output: FrameOutput, clock: Clock, intervalMs: number) {
    this.#output = output
    this.#clock = clock
    this.#timer = clock.every(intervalMs, () => this.#ask())
    this.#ask()
  }

  /** The last one measured, ms; 0 until there is one. */
  get ms(): number {
    return this.#ms
  }

  /** An answer; what was not asked for tells nothing. */
  onPong(id: number): void {
    if (this.#askedAtMs === undefined || id !== this.#nextId) return
    this.#ms = this.#clock.monotonicMs() - this.#askedAtMs
    this.#askedAtMs = undefined
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]()
  }

  #ask(): void {
    if (this.#askedAtMs !== undefined) return
    this.#nextId = (this.#nextId + 1) % MAX_UINT32
    this.#askedAtMs = this.#clock.monotonicMs()
    this.#output.control(FRAME_TYPE.ping, FLAG.syn, 0, this.#nextId)
  }
}
