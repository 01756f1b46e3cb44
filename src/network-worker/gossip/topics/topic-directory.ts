import type { ValidationPolicy } from '../../../config/validation-choice.ts'
import type { DigestEntry } from '../../../consensus/fork-schedule.ts'
import type { ParsedTopic } from '../../../consensus/topic.ts'
import type { TopicStr } from '../../../shared/ids.ts'

/** Everything the hot path needs to know of a topic, worked out once at subscription. */
export interface TopicContext {
  readonly topic: TopicStr
  readonly parsed: ParsedTopic
  readonly entry: DigestEntry
  readonly minSszBytes: number
  readonly maxSszBytes: number
  readonly policy: ValidationPolicy
}

/**
 * The topics we are subscribed to, by name. Written by `Subscriptions` only; a topic that is not in here is not decoded.
 * Bounded by what a network has: four digests at most, when they change every epoch, of some 205 topics.
 */
export class TopicDirectory {
  readonly #contexts = new Map<TopicStr, TopicContext>()

  get size(): number {
    return this.#contexts.size
  }

  get(topic: TopicStr): TopicContext | undefined {
    return this.#contexts.get(topic)
  }

  all(): readonly TopicContext[] {
    return [...this.#contexts.values()]
  }

  add(context: TopicContext): void {
    this.#contexts.set(context.topic, context)
  }

  remove(topic: TopicStr): void {
    this.#contexts.delete(topic)
  }
}
