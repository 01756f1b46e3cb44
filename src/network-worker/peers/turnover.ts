/**
 * Who has to make room: at each tick of the peer manager those whose round trip is over the operator's limit, then those
 * beyond the target. Both leave with goodbye 129 and unpunished, and are not dialled for a while.
 */
import type { RuntimeSettings } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import { TOPIC_SCORE_CAP } from '../gossip/score/score-parameters.ts'
import { blockRttMs } from './block-way.ts'
import type { DialQueue } from './dialling/dial-queue.ts'
import { type RedialBook, SELF_PRUNED_MS } from './dialling/redial-book.ts'
import { excessPeers, type PeerStanding } from './excess.ts'
import { GOODBYE } from './goodbye-reason.ts'
import { isTooSlow } from './latency.ts'
import type { PeerManager } from './peer-manager.ts'
import type { PeerRecord } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'
import type { ScoreBook } from './score/score-book.ts'
import { weightedGossipScore } from './score/score-formula.ts'

export interface TurnoverDeps {
  readonly registry: PeerRegistry
  readonly manager: Pick<PeerManager, 'disconnect'>
  readonly scores: ScoreBook
  readonly redial: RedialBook
  readonly queue: DialQueue
  readonly settings: () => RuntimeSettings
  readonly isKept: (peerId: PeerIdStr) => boolean
  readonly clock: Clock
  readonly log: Logger
}

export class Turnover {
  readonly #deps: TurnoverDeps
  #timer: Disposable | undefined

  constructor(deps: TurnoverDeps) {
    this.#deps = deps
  }

  start(): void {
    const { clock, settings } = this.#deps
    // Armed anew each time: the period is the operator's to change.
    this.#timer = clock.after(settings().discovery_interval_ms, () => {
      this.tick()
      this.start()
    })
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
  }

  tick(): void {
    const { settings, queue } = this.#deps
    const { target_peers, max_latency_ms } = settings()
    for (const record of this.#ordinary()) {
      if (isTooSlow(record, max_latency_ms)) this.#release(record, 'too_slow')
    }
    const standings = this.#ordinary().map((record) => this.#standingOf(record))
    for (const peerId of excessPeers(standings, target_peers, max_latency_ms)) {
      const record = this.#deps.registry.get(peerId)
      if (record !== undefined) this.#release(record, 'excess')
    }
    queue.drain()
  }

  /** Connected peers that no operator asked to keep. */
  #ordinary(): readonly PeerRecord[] {
    return this.#deps.registry.connected().filter(({ peerId }) => !this.#deps.isKept(peerId))
  }

  #standingOf(record: PeerRecord): PeerStanding {
    const { scores } = this.#deps
    const { peerId, direction, rttVerified, bestRttMs, address } = record
    const gossipScore = scores.gossipScore(peerId)
    return {
      peerId,
      direction,
      rttVerified,
      rttMs: bestRttMs,
      blockRttMs: blockRttMs(bestRttMs, address),
      score: scores.peerScore(peerId) + weightedGossipScore(gossipScore),
      value: Math.min(1, Math.max(0, gossipScore / TOPIC_SCORE_CAP)),
    }
  }

  #release(record: PeerRecord, why: 'too_slow' | 'excess'): void {
    const { manager, redial, log } = this.#deps
    const { peerId, client, bestRttMs } = record
    log.debug({ peer: peerId, client, why, best_rtt_ms: bestRttMs }, 'peer released')
    redial.avoid(peerId, SELF_PRUNED_MS)
    void manager.disconnect(peerId, GOODBYE.tooManyPeers)
  }
}
