import type { ParsedTopic } from '../../consensus/topic.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { parseMultiaddr } from '../host/addresses.ts'
import type { DialQueue } from '../peers/dialling/dial-queue.ts'
import type { ResolvedTarget } from '../peers/dialling/dial-target.ts'
import { chooseDials } from './dial-choice.ts'
import type { NearNetworks } from './near-networks.ts'
import type { RecordBook } from './record-book.ts'
import { RecordRounds } from './record-rounds.ts'

/** Offered to the dial queue at a time: twice what it dials at once, so that it never runs dry between two ticks. */
const MAX_OFFERS = 32
/** Records judged at a tick: some 4 ms of this thread at most. */
const JUDGED_RECORDS = 1024
/** With enough peers, a few others are tried this often: what is farther than those we have is pruned again. */
const TRIAL_PERIOD_MS = 30_000
/** A fiftieth of the target at a time: the whole set could be renewed in half an hour, and no peer sees a crowd come and go. */
const TRIAL_FRACTION = 1 / 50

export interface DialFeedDeps {
  readonly book: RecordBook
  readonly near: NearNetworks
  readonly queue: Pick<DialQueue, 'offer' | 'drain'>
  readonly mayDial: (peerId: PeerIdStr) => boolean
  readonly serves: (record: NodeRecord, topics: readonly ParsedTopic[]) => number
  readonly clock: Clock
}

/** Hands the most promising of the known peers to the dial queue, as many as are needed. */
export class DialFeed {
  readonly #deps: DialFeedDeps
  readonly #rounds: RecordRounds
  #lastTrialAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: DialFeedDeps) {
    this.#deps = deps
    this.#rounds = new RecordRounds(deps.book)
  }

  /**
   * To be called at each discovery tick.
   * @param needed peers missing
   * @param topics subnets and columns that we are short of: who serves one comes first
   */
  tick(needed: number, topics: readonly ParsedTopic[], targetPeers: number, maxLatencyMs: number): void {
    const limit = Math.min(MAX_OFFERS, needed > 0 ? needed : this.#trials(targetPeers))
    if (limit === 0) return
    const { book, near, queue, mayDial, serves } = this.#deps
    const wishes = chooseDials(this.#rounds.next(JUDGED_RECORDS), {
      bestRttMs: (peerId) => book.bestRttMs(peerId),
      expectedRttMs: (ip) => near.expectedRttMs(ip),
      maxLatencyMs,
      mayDial,
      serves: topics.length === 0 ? () => 0 : (record) => serves(record, topics),
      limit,
    })
    for (const { record, expectedRttMs } of wishes) {
      const target = targetOf(record)
      if (target !== undefined) queue.offer({ target, expectedRttMs })
    }
    queue.drain()
  }

  #trials(targetPeers: number): number {
    const nowMs = this.#deps.clock.monotonicMs()
    if (targetPeers === 0 || nowMs - this.#lastTrialAtMs < TRIAL_PERIOD_MS) return 0
    this.#lastTrialAtMs = nowMs
    return Math.max(1, Math.round(targetPeers * TRIAL_FRACTION))
  }
}

function targetOf({ peerId, enr, addresses }: NodeRecord): ResolvedTarget | undefined {
  const parsed = addresses.flatMap((text) => parseMultiaddr(text) ?? [])
  return parsed.length === 0 ? undefined : { peerId, enr, addresses: parsed }
}
