import type { ParsedTopic } from '../../consensus/topic.ts'
import type { TopicContext } from '../gossip/topics/topic-directory.ts'

/**
 * With fewer connected peers that take a subnet or column than this, more are looked for: what Lighthouse aims at for a
 * subnet (reference/scoring.md §6). It is below the smallest mesh of most loads, as more than that comes by itself.
 */
export const MIN_TOPIC_PEERS = 6

/** Subnets and columns under the digest in force that too few connected peers take. */
export function shortTopics(
  topics: Iterable<TopicContext>,
  digestHex: string,
  peersOf: (topic: string) => number,
): readonly ParsedTopic[] {
  const short: ParsedTopic[] = []
  for (const { topic, parsed, entry } of topics) {
    if (parsed.index === undefined || entry.digestHex !== digestHex) continue
    if (peersOf(topic) < MIN_TOPIC_PEERS) short.push(parsed)
  }
  return short
}
