/**
 * One read of the network worker at a time. Reads that wait at the worker's port are answered in one turn of its event
 * loop, and every message of that turn waits behind all of them; through the gate it waits behind one at most.
 */
import { type Clock, systemClock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'

/**
 * A read that is not answered by then lets the next one through: the worker is busy with other things, and a read that
 * hangs must not make all others wait for its time-out.
 */
const HOLD_MS = 100

/** Twice the connections that the API takes; more can only come from clients that pipeline. */
const MAX_WAITING = 1_024

export class ReadGate {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #isTaken = false

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Makes the call when its turn comes; first come, first served. @throws NOT_READY when 1,024 wait; what the call throws */
  async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isTaken) await this.#wait()
    this.#isTaken = true
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      this.#next()
    }
    using _hold = this.#clock.after(HOLD_MS, release)
    try {
      return await call()
    } finally {
      release()
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new RelayError('NOT_READY', `${MAX_WAITING} reads already wait for the worker`))
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    return promise
  }

  /** The place goes straight to whoever waits longest; it is free only when nobody does. */
  #next(): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#isTaken = false
    else waiting()
  }
}
