import type { Clock } from '../../../shared/clock.ts'
import type { GossipsubInternals } from './gossipsub-internals.ts'

/** Less is no step, but slewing, or the two clocks read one after the other. */
const MIN_STEP_MS = 1000

/**
 * Upstream measures durations by the wall clock. When that is set, back-offs, times in a mesh and promises would end
 * early or last for hours, and cached scores with them: they are moved along, to be as long as they were.
 */
export class WallSteps {
  readonly #clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
  #offsetMs: number

  constructor(clock: Pick<Clock, 'nowMs' | 'monotonicMs'>) {
    this.#clock = clock
    this.#offsetMs = clock.nowMs() - clock.monotonicMs()
  }

  /** To be called at the beginning of each heartbeat. */
  follow(router: Pick<GossipsubInternals, 'backoff' | 'score' | 'gossipTracer'>): void {
    const offsetMs = this.#clock.nowMs() - this.#clock.monotonicMs()
    const stepMs = offsetMs - this.#offsetMs
    this.#offsetMs = offsetMs
    if (Math.abs(stepMs) >= MIN_STEP_MS) move(router, stepMs)
  }
}

function move({ backoff, score, gossipTracer }: Parameters<WallSteps['follow']>[0], stepMs: number): void {
  for (const ends of [...backoff.values(), ...gossipTracer.promises.values()]) {
    for (const [peerId, endMs] of ends) ends.set(peerId, endMs + stepMs)
  }
  for (const stats of score.peerStats.values()) {
    if (stats.expire > 0) stats.expire += stepMs
    for (const topic of Object.values(stats.topics)) topic.graftTime += stepMs
  }
  score.scoreCache.clear()
}
