import { type Clock, systemClock } from '../shared/clock.ts'

/** How often silence is looked at while it lasts. */
const LOOKS = 8

/**
 * Tells a worker that takes its time from one that hangs: as long as signs of life come, it is waited for. Silence is
 * counted in turns of this thread's own loop, each of which reads what has come: a pause of this thread, or of the whole
 * machine, is never taken for the worker's.
 */
export class LifeSigns {
  readonly #clock: Clock
  #silentLooks = 0

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** The worker lives. */
  heard(): void {
    this.#silentLooks = 0
  }

  /**
   * Settles as `work` does, or rejects when nothing was heard for `silenceMs` meanwhile. The work itself goes on.
   * @throws Error that says how long nothing was heard
   */
  async during<T>(work: Promise<T>, silenceMs: number): Promise<T> {
    const silent = Promise.withResolvers<never>()
    this.#silentLooks = 0
    using _looking = this.#clock.every(silenceMs / LOOKS, () => {
      this.#silentLooks++
      if (this.#silentLooks >= LOOKS) silent.reject(new Error(`no sign of life for ${silenceMs} ms: it hangs`))
    })
    return await Promise.race([work, silent.promise])
  }
}
