import { type Clock, systemClock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'

/** More than a script that sets up a whole fleet sends at once; each takes milliseconds, and above it no one waits well. */
const MAX_WAITING = 256
/** One hung call to the worker takes 5 s. Whoever waits much longer has given up, and must not be served behind their back. */
const MAX_WAIT_MS = 10_000

/** Runs changes one at a time, in the order in which they came. */
export class MutationQueue {
  readonly #clock: Clock
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #closed = false

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /**
   * Settles as `change` does, which begins when all before it have ended.
   * @throws without beginning it: NOT_READY when 256 wait already, RPC_TIMEOUT after 10 s in the queue, RPC_CLOSED once
   * the queue is closed
   */
  run<T>(change: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closedError())
    if (this.#waiting >= MAX_WAITING) {
      return Promise.reject(new RelayError('NOT_READY', `${MAX_WAITING} changes already wait for their turn`))
    }
    this.#waiting++
    const queuedMs = this.#clock.monotonicMs()
    const result = this.#tail.then(() => {
      this.#waiting--
      if (this.#closed) throw this.#closedError()
      if (this.#clock.monotonicMs() - queuedMs > MAX_WAIT_MS) {
        throw new RelayError('RPC_TIMEOUT', 'the changes before this one took too long; it was not begun')
      }
      return change()
    })
    this.#tail = result.catch(() => undefined)
    return result
  }

  /** Refuses what waits and what comes; resolves when the change that runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#tail
  }

  #closedError(): RelayError {
    return new RelayError('RPC_CLOSED', 'the relay is stopping')
  }
}
