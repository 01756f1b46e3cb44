/**
 * The topics' score parameters in a running router: put in when a topic is joined, made anew as validators, mesh, slot
 * and digest change. Only topics of the digest in force count; of the others the parameters stay, with no weight, since
 * upstream reads them of every topic a peer has counters for.
 */
import type { TopicScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import { parseTopic } from '../../../consensus/topic.ts'
import type { TopicStr } from '../../../shared/ids.ts'
import type { GossipsubScore, TopicCounters } from '../router/gossipsub-score.ts'
import type { TopicContext, TopicDirectory } from '../topics/topic-directory.ts'
import type { ScoreSetting } from './score-parameters.ts'
import { topicScoreParams } from './topic-score-parameters.ts'

export interface TopicScoresDeps {
  readonly directory: TopicDirectory
  /** Read at each call. */
  readonly setting: () => ScoreSetting
  readonly currentSlot: () => number
  readonly currentDigestHex: () => string
}

interface Change {
  readonly topic: TopicStr
  readonly before: TopicScoreParams
  readonly after: TopicScoreParams
}

/** Parameters of a topic that is not the digest's in force: counted, and worth nothing. */
function weightless(params: TopicScoreParams): TopicScoreParams {
  return { ...params, topicWeight: 0, meshMessageDeliveriesWeight: 0, meshMessageDeliveriesThreshold: 0 }
}

export class TopicScores {
  readonly #deps: TopicScoresDeps

  constructor(deps: TopicScoresDeps) {
    this.#deps = deps
  }

  /** Scores a topic from here on, if its kind is scored at all. */
  install(score: GossipsubScore, context: TopicContext): void {
    const params = this.#paramsOf(context)
    if (params !== undefined) score.params.topics[context.topic] = params
  }

  /** Makes all parameters anew and fits what was counted under the old ones to them. */
  refresh(score: GossipsubScore): void {
    const { directory, currentDigestHex } = this.#deps
    const digestHex = currentDigestHex()
    const changes: Change[] = []
    for (const [topic, before] of Object.entries(score.params.topics)) {
      const context = directory.get(topic)
      const isCurrent = parseTopic(topic)?.digestHex === digestHex
      const left = isCurrent ? before : weightless(before)
      const after = (context === undefined ? undefined : this.#paramsOf(context)) ?? left
      score.params.topics[topic] = after
      if (moves(before, after)) changes.push({ topic, before, after })
    }
    if (changes.length === 0) return
    for (const { topics } of score.peerStats.values()) {
      for (const { topic, before, after } of changes) {
        const counters = topics[topic]
        if (counters !== undefined) fit(counters, before, after)
      }
    }
    score.scoreCache.clear()
  }

  #paramsOf({ parsed, policy, entry }: TopicContext): TopicScoreParams | undefined {
    const { setting, currentSlot, currentDigestHex } = this.#deps
    const params = topicScoreParams({ kind: parsed.spec.kind, policy }, setting(), currentSlot())
    if (params === undefined || entry.digestHex === currentDigestHex()) return params
    return weightless(params)
  }
}

function moves(before: TopicScoreParams, after: TopicScoreParams): boolean {
  return (
    after.topicWeight !== before.topicWeight ||
    after.firstMessageDeliveriesCap !== before.firstMessageDeliveriesCap ||
    after.meshMessageDeliveriesCap !== before.meshMessageDeliveriesCap ||
    after.meshMessageDeliveriesThreshold !== before.meshMessageDeliveriesThreshold
  )
}

/**
 * No counter is above its cap. And who met the old threshold meets the new one: deliveries are expected from here on,
 * or a threshold that comes into force (a fork, a validator count made known) would graylist a whole mesh at once.
 */
function fit(counters: TopicCounters, before: TopicScoreParams, after: TopicScoreParams): void {
  const wasMet = counters.meshMessageDeliveries >= before.meshMessageDeliveriesThreshold
  counters.firstMessageDeliveries = Math.min(counters.firstMessageDeliveries, after.firstMessageDeliveriesCap)
  counters.meshMessageDeliveries = Math.min(counters.meshMessageDeliveries, after.meshMessageDeliveriesCap)
  if (wasMet) {
    counters.meshMessageDeliveries = Math.max(counters.meshMessageDeliveries, after.meshMessageDeliveriesThreshold)
  }
}
