import type { ValidationPolicy } from '../../../config/validation-choice.ts'
import type { DigestEntry, ForkSchedule } from '../../../consensus/fork-schedule.ts'
import type { PresetName } from '../../../consensus/network-config.ts'
import type { SlotClock } from '../../../consensus/slot-clock.ts'
import { watchSlots } from '../../../consensus/slot-watch.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { TopicStr } from '../../../shared/ids.ts'
import type { Logger } from '../../../shared/logger.ts'
import type { TopicContext, TopicDirectory } from './topic-directory.ts'
import { topicsUnder, type WantedTopics } from './wanted-topics.ts'

/** Topics of the next digest are joined this long before it starts, so that their meshes stand at the boundary. */
const SUBSCRIBE_EPOCHS_BEFORE = 1
/** Topics of a digest are kept this long after its end (reference/p2p.md A1.3). */
const KEEP_EPOCHS_AFTER = 2

/** The part of the router that subscriptions move. */
export interface TopicSubscriber {
  join(context: TopicContext): void
  leave(topic: TopicStr): void
}

export interface SubscriptionsDeps {
  readonly preset: PresetName
  readonly schedule: ForkSchedule
  readonly slotClock: SlotClock
  readonly clock: Clock
  readonly log: Logger
  readonly directory: TopicDirectory
  readonly subscriber: TopicSubscriber
  /** Asked at each epoch: the backbone subnets rotate. */
  readonly wantedAt: (epoch: number) => WantedTopics
  readonly policyOf: (kind: GossipKind) => ValidationPolicy
  /** Called after topics changed or an epoch began, start included. */
  readonly onEpoch: (epoch: number) => void
}

/** Digests whose topics are held at `epoch`: the one in force, one that starts soon, and those that ended lately. */
export function activeDigests(schedule: ForkSchedule, epoch: number): readonly DigestEntry[] {
  const atEpoch = Math.max(0, epoch)
  return schedule.entries.filter((entry) => {
    const end = schedule.next(entry.epoch)?.epoch ?? Number.POSITIVE_INFINITY
    return entry.epoch - SUBSCRIBE_EPOCHS_BEFORE <= atEpoch && atEpoch < end + KEEP_EPOCHS_AFTER
  })
}

/** Keeps the topic set right across forks, blob-parameter changes and subnet rotation. */
export class Subscriptions {
  readonly #deps: SubscriptionsDeps
  #epoch: number | undefined
  #timer: Disposable | undefined

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps
  }

  start(): void {
    // First, so that no epoch begins between the two.
    this.#timer = watchSlots(this.#deps, () => this.#check())
    this.#check()
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #check(): void {
    const epoch = this.#deps.slotClock.currentEpoch()
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    this.#resubscribe(epoch)
    this.#deps.onEpoch(epoch)
  }

  #resubscribe(epoch: number): void {
    const { schedule, directory, subscriber, log, wantedAt } = this.#deps
    const contexts = activeDigests(schedule, epoch).flatMap((entry) => this.#contextsOf(entry, wantedAt(epoch)))
    const wanted = new Map(contexts.map((context) => [context.topic, context]))
    const left = directory.all().filter(({ topic }) => !wanted.has(topic))
    const joined = contexts.filter(({ topic }) => directory.get(topic) === undefined)
    for (const context of joined) {
      directory.add(context)
      subscriber.join(context)
    }
    for (const { topic } of left) {
      subscriber.leave(topic)
      directory.remove(topic)
    }
    if (joined.length + left.length === 0) return
    log.info(
      {
        epoch,
        digest: schedule.at(Math.max(0, epoch)).digestHex,
        joined: joined.length,
        joinedDigests: digestsOf(joined),
        left: left.length,
        leftDigests: digestsOf(left),
        topics: directory.size,
      },
      'gossip topics changed',
    )
  }

  #contextsOf(entry: DigestEntry, wanted: WantedTopics): readonly TopicContext[] {
    return topicsUnder(wanted, entry).map(({ topic, parsed }) => ({
      topic,
      parsed,
      entry,
      minSszBytes: parsed.spec.minSszBytes(entry.fork, this.#deps.preset),
      maxSszBytes: parsed.spec.maxSszBytes(entry.fork, entry.maxBlobsPerBlock, this.#deps.preset),
      policy: this.#deps.policyOf(parsed.spec.kind),
    }))
  }
}

function digestsOf(contexts: readonly TopicContext[]): string {
  return [...new Set(contexts.map((context) => context.entry.digestHex))].join(',')
}
