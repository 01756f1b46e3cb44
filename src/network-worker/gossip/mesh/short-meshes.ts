import type { TopicStr } from '../../../shared/ids.ts'

/**
 * A mesh that has been smaller than mesh_n for so long is filled, though it is not below mesh_n_low: long enough that the round
 * trips of new peers are known, and that a peer which comes and goes moves nothing.
 */
export const SHORT_FOR_MS = 10_000

/**
 * Which meshes stay short of their size. Gossipsub fills a mesh that is below mesh_n_low and leaves all others: when peers went
 * one by one, or the load was raised, half of the mesh that the operator asked for would do.
 */
export class ShortMeshes {
  /** Monotonic ms; of topics that we are in. */
  readonly #sinceMs = new Map<TopicStr, number>()

  /** Whether a mesh that lacks peers is to be filled now. True once each time, so that one which finds nobody is tried anew later. */
  isDue(topic: TopicStr, isShort: boolean, nowMs: number): boolean {
    if (!isShort) {
      this.#sinceMs.delete(topic)
      return false
    }
    const sinceMs = this.#sinceMs.get(topic)
    if (sinceMs !== undefined && nowMs - sinceMs < SHORT_FOR_MS) return false
    this.#sinceMs.set(topic, nowMs)
    return sinceMs !== undefined
  }

  /** The load was raised: what is short now is due at once. */
  expedite(topics: Iterable<TopicStr>): void {
    for (const topic of topics) this.#sinceMs.set(topic, Number.NEGATIVE_INFINITY)
  }

  /** To be called when a topic is left. */
  forget(topic: TopicStr): void {
    this.#sinceMs.delete(topic)
  }
}
