import type { ForkSchedule } from '../../../consensus/fork-schedule.ts'
import { isTopicOfFork, parseTopic } from '../../../consensus/topic.ts'
import type { TopicStr } from '../../../shared/ids.ts'

/**
 * The topics of which we remember who takes them: every topic that the network has under any of its digests, whether
 * we are in it or not. A peer announces a topic once; if that came before we join it ourselves (the next digest, a
 * subnet that rotates in) and was not kept, we would know nobody to graft. gossipsub asks its allow-list by `has` only,
 * so a set that answers by rule needs no list; what was added to it is found first, without parsing.
 */
export class NetworkTopics extends Set<TopicStr> {
  readonly #schedule: ForkSchedule

  constructor(schedule: ForkSchedule) {
    super()
    this.#schedule = schedule
  }

  override has(topic: TopicStr): boolean {
    if (super.has(topic)) return true
    const parsed = parseTopic(topic)
    const entry = parsed === undefined ? undefined : this.#schedule.byDigest(parsed.digestHex)
    return parsed !== undefined && entry !== undefined && isTopicOfFork(parsed, entry.fork)
  }
}
