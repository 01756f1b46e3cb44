/**
 * Takes steps until a turn of the event loop has had its share, and goes on in the next one, behind what the network has
 * brought meanwhile. Work for every peer at once would hold up a block that comes in the midst of it.
 */
import type { Clock } from './clock.ts'

export interface TurnsOptions {
  readonly clock: Clock
  /** What a turn may take, ms; at least one step is taken. */
  readonly turnMs: number
  /** Calls back in another turn; tests have their own. */
  readonly nextTurn?: (run: () => void) => void
}

export class InTurns {
  readonly #options: TurnsOptions
  #isRunning = false

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /**
   * Begins, unless steps are being taken already. The first are taken before this returns.
   * @param step takes one; false when there is none
   */
  run(step: () => boolean): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#turn(step)
  }

  #turn(step: () => boolean): void {
    const { clock, turnMs, nextTurn = setImmediate } = this.#options
    const endMs = clock.monotonicMs() + turnMs
    try {
      do {
        this.#isRunning = step()
      } while (this.#isRunning && clock.monotonicMs() < endMs)
    } catch (error) {
      this.#isRunning = false
      throw error
    }
    if (this.#isRunning) nextTurn(() => this.#turn(step))
  }
}
