/** Messages whose verdicts were promised. In: a promise. Out: what it came to, once, unless all were forgotten meanwhile. */
import type { MsgIdStr } from '../../../shared/ids.ts'
import type { Verdict } from '../../validation/verdict.ts'
import type { Arrival } from './arrival.ts'

/**
 * Messages that may wait for a promised verdict. The checks bound their own work far below it; this is for one that
 * forgets.
 */
const MAX_PENDING_VERDICTS = 16_384

export class PendingVerdicts {
  readonly #arrivals = new Map<MsgIdStr, Arrival>()

  get isFull(): boolean {
    return this.#arrivals.size >= MAX_PENDING_VERDICTS
  }

  /** The message while it waits. Asked for each copy of any. */
  get(msgId: MsgIdStr): Arrival | undefined {
    return this.#arrivals.size === 0 ? undefined : this.#arrivals.get(msgId)
  }

  /** `settle` is called without a verdict when the promise is broken, or when it failed with the one that it was given. */
  add(msgId: MsgIdStr, arrival: Arrival, promised: Promise<Verdict>, settle: (verdict?: Verdict) => void): void {
    this.#arrivals.set(msgId, arrival)
    const end = (verdict?: Verdict): void => {
      if (this.#arrivals.get(msgId) !== arrival) return
      this.#arrivals.delete(msgId)
      settle(verdict)
    }
    promised
      .then((verdict) => {
        try {
          end(verdict)
        } catch {
          settle()
        }
      })
      .catch(() => end())
  }

  /** Forgets all: nothing is settled. */
  clear(): void {
    this.#arrivals.clear()
  }
}
