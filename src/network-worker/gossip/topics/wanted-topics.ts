import type { DigestEntry } from '../../../consensus/fork-schedule.ts'
import { formatTopic, type ParsedTopic, parseTopic } from '../../../consensus/topic.ts'
import { type GossipKind, gossipNamesOfFork } from '../../../consensus/topic-table.ts'
import type { TopicStr } from '../../../shared/ids.ts'

/** What the operator asked for, with subnets and columns already resolved for this node and epoch. */
export interface WantedTopics {
  /** `all`: every kind the fork has. */
  readonly kinds: 'all' | ReadonlySet<GossipKind>
  readonly attestationSubnets: ReadonlySet<number>
  readonly custodyColumns: ReadonlySet<number>
}

export interface WantedTopic {
  readonly topic: TopicStr
  readonly parsed: ParsedTopic
}

/** The topics to be subscribed under a digest: what is wanted, as far as that fork knows it. */
export function topicsUnder(wanted: WantedTopics, entry: DigestEntry): readonly WantedTopic[] {
  const topics: WantedTopic[] = []
  for (const name of gossipNamesOfFork(entry.fork)) {
    const topic = formatTopic(entry.digestHex, name)
    const parsed = parseTopic(topic)
    if (parsed !== undefined && isWanted(wanted, parsed)) topics.push({ topic, parsed })
  }
  return topics
}

function isWanted(wanted: WantedTopics, { spec, index }: ParsedTopic): boolean {
  switch (spec.kind) {
    case 'beacon_attestation':
      return index !== undefined && wanted.attestationSubnets.has(index)
    case 'data_column_sidecar':
      return isKindWanted(wanted, spec.kind) && index !== undefined && wanted.custodyColumns.has(index)
    default:
      return isKindWanted(wanted, spec.kind)
  }
}

function isKindWanted(wanted: WantedTopics, kind: GossipKind): boolean {
  return wanted.kinds === 'all' || wanted.kinds.has(kind)
}
