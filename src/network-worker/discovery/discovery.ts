/**
 * Finding peers, tick by tick: how many are missing, where to look for more, whom to dial. In: what the discovery worker
 * finds, and how the peers we have serve us. Out: lookups, and candidates for the dial queue.
 */
import type { ParsedTopic } from '../../consensus/topic.ts'
import type { RuntimeSettings } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { DialQueue } from '../peers/dialling/dial-queue.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'
import type { DialFeed } from './dial-feed.ts'
import type { LookupDriver } from './lookup-driver.ts'
import type { NearNetworks } from './near-networks.ts'
import { neededPeers } from './peer-need.ts'
import type { RecordBook } from './record-book.ts'

export interface DiscoveryDeps {
  readonly book: RecordBook
  readonly near: NearNetworks
  readonly lookups: LookupDriver
  readonly feed: DialFeed
  readonly registry: Pick<PeerRegistry, 'connected'>
  readonly queue: Pick<DialQueue, 'waiting'>
  /** Dials under way, the operator's included. */
  readonly pendingDials: () => number
  readonly isKept: (peerId: PeerIdStr) => boolean
  readonly shortTopics: () => readonly ParsedTopic[]
  readonly settings: () => RuntimeSettings
  readonly clock: Clock
}

/** A fresh record waits this long for others before there is a tick for it: a restart dials at once, a flood ticks five times a second. */
const FRESH_TICK_MS = 200

export class Discovery {
  readonly #deps: DiscoveryDeps
  #timer: Disposable | undefined
  #freshTimer: Disposable | undefined

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps
  }

  /** Ticks now, and with the period the operator set, which may change from one tick to the next. */
  start(): void {
    this.tick()
    this.#arm()
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#freshTimer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** A record came that was not known: when peers are missing, it need not wait for the next tick. */
  foundFresh(): void {
    if (this.#timer === undefined || this.#freshTimer !== undefined) return
    this.#freshTimer = this.#deps.clock.after(FRESH_TICK_MS, () => {
      this.#freshTimer = undefined
      this.tick()
    })
  }

  #arm(): void {
    const { clock, settings } = this.#deps
    this.#timer = clock.after(settings().discovery_interval_ms, () => {
      this.tick()
      this.#arm()
    })
  }

  tick(): void {
    const { lookups, feed, settings, shortTopics } = this.#deps
    const { target_peers, max_latency_ms } = settings()
    this.#learnFromPeers()
    const needed = this.#needed(target_peers)
    const topics = target_peers === 0 ? [] : shortTopics()
    feed.tick(needed, topics, target_peers, max_latency_ms)
    lookups.tick({ isShort: needed > 0, topics })
  }

  #needed(targetPeers: number): number {
    const { registry, isKept, queue, pendingDials } = this.#deps
    const counted = registry.connected().filter(({ peerId }) => !isKept(peerId))
    return neededPeers(targetPeers, {
      counted: counted.length,
      outbound: counted.filter(({ direction }) => direction === 'outbound').length,
      coming: queue.waiting + pendingDials(),
    })
  }

  /** Where near peers are, there are more of them. */
  #learnFromPeers(): void {
    const { registry, book, near } = this.#deps
    for (const peer of registry.connected()) {
      const { peerId, ip, rttVerified, bestRttMs } = peer
      book.connected(peerId)
      // Who dialled us did not say; discovery may have known for long.
      peer.enr ??= book.get(peerId)?.enr
      if (!rttVerified) continue
      book.measured(peerId, bestRttMs)
      if (ip !== undefined) near.note(ip, bestRttMs)
    }
  }
}
