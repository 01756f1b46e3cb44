/** How long anybody waits for a job of a thread. In: jobs, one at a time. Out: that one takes too long, until it ends. */
import type { Clock } from '../../../shared/clock.ts'

export interface JobLimitDeps {
  readonly clock: Pick<Clock, 'after'>
  readonly limitMs: number
  /** The job has taken as long. */
  readonly onOver: () => void
}

export class JobLimit {
  readonly #deps: JobLimitDeps
  #isOver = false

  constructor(deps: JobLimitDeps) {
    this.#deps = deps
  }

  /** True from `onOver` on until the job ends, if it does. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves when the job does. */
  async watch(job: Promise<void>): Promise<void> {
    const { clock, limitMs, onOver } = this.#deps
    const timer = clock.after(limitMs, () => {
      this.#isOver = true
      onOver()
    })
    try {
      await job
    } finally {
      timer[Symbol.dispose]()
      this.#isOver = false
    }
  }
}
