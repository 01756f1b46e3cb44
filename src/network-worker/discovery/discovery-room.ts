/**
 * Discovery as one piece. In: the worker that speaks discv5, our own record, the peers we have. Out: lookups, candidates
 * for the dial queue, records and ids for keeping, and an alarm when the network follows a schedule that we do not know.
 */
import type { RelayConfig } from '../../config/schema.ts'
import { presetOf } from '../../consensus/network-config.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { AddressVotedEvent, DiscoveryControl, DiscoverySettings, UdpBind } from '../../rpc/discovery-contract.ts'
import type { DiscoveryMetricsView, DiscoveryStatsView, KnownRecord } from '../../rpc/discovery-views.ts'
import type { RestoredState, RuntimeSettings } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { siblingUrl } from '../../shared/worker-url.ts'
import type { Chain } from '../chain/chain.ts'
import type { TopicDirectory } from '../gossip/topics/topic-directory.ts'
import { discoveryBinds } from '../host/endpoints.ts'
import type { PeerBooks } from '../peers/peer-books.ts'
import type { PeersRoom } from '../peers/peers-room.ts'
import { DialFeed } from './dial-feed.ts'
import { dialableAddresses } from './dialable-addresses.ts'
import { DiscoveredPeers } from './discovered-peers.ts'
import { Discovery } from './discovery.ts'
import { DiscoveryClient } from './discovery-client.ts'
import { FoundRecords } from './found-records.ts'
import { LookupDriver } from './lookup-driver.ts'
import { LookupTargets } from './lookup-targets.ts'
import { NearNetworks } from './near-networks.ts'
import { RecordBook } from './record-book.ts'
import type { ScheduleWatch } from './schedule-watch.ts'
import { Seeding } from './seeding.ts'
import { shortTopics } from './short-topics.ts'
import { servedTopics } from './topic-service.ts'
import { WorkerFigures } from './worker-figures.ts'

/** Results discv5 collects for a lookup: the size of a bucket (discv5-theory.md, "k"). */
const PEERS_PER_QUERY = 16
export interface DiscoveryRoomDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly chain: Chain
  readonly directory: TopicDirectory
  readonly books: PeerBooks
  readonly peers: Pick<PeersRoom, 'queue' | 'dialer' | 'mayDial'>
  readonly ownPeerId: PeerIdStr
  readonly privateKey: Uint8Array
  readonly settings: () => RuntimeSettings
  readonly restored: RestoredState['discovery']
  readonly watch: ScheduleWatch
  /** Our record as it is now. */
  readonly localRecord: () => string
  readonly onBound: (binds: readonly UdpBind[]) => void
  readonly onAddressVoted: (vote: AddressVotedEvent) => void
  /** Connected peers that take a topic. */
  readonly peersOf: (topic: string) => number
  readonly onDiscovered: (peerId: PeerIdStr) => void
  readonly onKept: (record: KnownRecord) => void
  readonly onForgotten: (peerId: PeerIdStr) => void
}

export interface DiscoveryRoom {
  /** @throws RelayError LISTEN_FAILED */
  start(): Promise<void>
  stop(): Promise<void>
  /** Everybody is told: to be called when our record changed. */
  localRecordChanged(enr: string): void
  dialFailed(peerId: PeerIdStr): void
  stats(): DiscoveryStatsView
  discoveredPeers(): readonly PeerIdStr[]
  /** Null without discovery. */
  metrics(): DiscoveryMetricsView | null
}

/** Prepares discovery; without it (`--no-discovery`) a room that knows what earlier runs found and does nothing. */
export function openDiscovery(deps: DiscoveryRoomDeps): DiscoveryRoom {
  const { config, restored } = deps
  const discovered = new DiscoveredPeers(restored.discoveredPeers, deps.onDiscovered)
  return config.discovery ? new ActiveDiscovery(deps, discovered) : idleDiscovery(discovered, restored.records.length)
}

class ActiveDiscovery implements DiscoveryRoom {
  readonly #deps: DiscoveryRoomDeps
  readonly #discovered: DiscoveredPeers
  readonly #book: RecordBook
  readonly #targets: LookupTargets
  readonly #lookups: LookupDriver
  readonly #found: FoundRecords
  readonly #client: DiscoveryClient
  readonly #seeding: Seeding
  readonly #figures: WorkerFigures
  readonly #discovery: Discovery
  #stopped = false

  constructor(deps: DiscoveryRoomDeps, discovered: DiscoveredPeers) {
    const { clock, log, chain, peers, books, restored, watch, settings } = deps
    const currentEpoch = (): number => chain.slotClock.currentEpoch()
    const control = (): Client<DiscoveryControl> | undefined => this.#client.control
    const near = new NearNetworks()
    this.#deps = deps
    this.#discovered = discovered
    for (const { peerId } of restored.records) watch.remember(peerId)
    this.#book = new RecordBook({
      isOnline: () => books.admission.countedPeers() > 0,
      clock,
      restored: restored.records,
      onKept: deps.onKept,
      onForgotten: deps.onForgotten,
    })
    this.#targets = new LookupTargets((bytes) => crypto.getRandomValues(new Uint8Array(bytes)))
    const preset = presetOf(chain.network)
    this.#lookups = new LookupDriver({ control, targets: this.#targets, clock, log, preset, currentEpoch })
    this.#found = new FoundRecords({
      ownPeerId: deps.ownPeerId,
      schedule: chain.schedule,
      currentEpoch,
      watch,
      discovered,
      book: this.#book,
      onFresh: (record) => this.#onFresh(record),
    })
    this.#client = this.#createClient()
    this.#seeding = new Seeding({ ...deps, book: this.#book, current: control })
    this.#figures = new WorkerFigures(control, clock, () => this.#client.endHung())
    const { queue, mayDial } = peers
    const feed = new DialFeed({ book: this.#book, near, queue, mayDial, serves: servedTopics, clock })
    this.#discovery = new Discovery({
      book: this.#book,
      near,
      lookups: this.#lookups,
      feed,
      registry: books.registry,
      queue: peers.queue,
      pendingDials: () => peers.dialer.pending,
      isKept: books.isKept,
      shortTopics: () => shortTopics(deps.directory.all(), chain.currentDigest().digestHex, deps.peersOf),
      settings,
      clock,
    })
  }

  async start(): Promise<void> {
    await this.#client.start()
    if (this.#stopped) return
    this.#figures.start()
    this.#discovery.start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#seeding.stop()
    this.#discovery.stop()
    this.#figures.stop()
    await this.#client.stop()
  }

  localRecordChanged(enr: string): void {
    this.#client.control?.setLocalRecord(enr).catch((err: unknown) => this.#deps.log.warn({ err }, 'ENR not passed on'))
  }

  dialFailed(peerId: PeerIdStr): void {
    this.#book.failed(peerId)
  }

  discoveredPeers(): readonly PeerIdStr[] {
    return this.#discovered.all()
  }

  stats(): DiscoveryStatsView {
    const worker = this.#figures.latest
    return {
      unique_peers_discovered: this.#discovered.size,
      routing_table_size: worker?.routingTableSize ?? 0,
      cached_enrs: this.#book.size,
      total_discovery_queries: this.#lookups.total,
      dht_scan_prefix: this.#targets.nextPrefix,
      kademlia_alpha: worker?.kademliaAlpha ?? 0,
      kademlia_k: worker?.kademliaK ?? 0,
      target_peers_per_query: PEERS_PER_QUERY,
    }
  }

  metrics(): DiscoveryMetricsView {
    const { peers, watch } = this.#deps
    return {
      worker: this.#figures.latest ?? null,
      workerRestarts: this.#client.restarts,
      knownRecords: this.#book.size,
      droppedRecords: this.#book.dropped,
      discoveredPeers: this.#discovered.size,
      judgedRecords: { ...this.#found.judged },
      dialCandidates: peers.queue.waiting,
      droppedCandidates: peers.queue.dropped,
      strayNodes: watch.strayNodes,
    }
  }

  #createClient(): DiscoveryClient {
    const { config, clock, log, onAddressVoted } = this.#deps
    const dialable = dialableAddresses(config)
    return new DiscoveryClient({
      url: siblingUrl(import.meta.url, '../../discovery-worker/main'),
      clock,
      log,
      settings: () => settingsOf(this.#deps),
      listeners: { found: (record) => this.#found.take(dialable(record)), addressVoted: onAddressVoted },
      onReady: (control) => void this.#seeding.handOver(control),
    })
  }

  #onFresh({ peerId, enr }: NodeRecord): void {
    const { registry, access } = this.#deps.books
    this.#lookups.foundNew()
    this.#discovery.foundFresh()
    const known = registry.get(peerId)
    if (known !== undefined) known.enr = enr
    access.learnEnr(peerId, enr)
  }
}

function settingsOf({ config, privateKey, localRecord }: DiscoveryRoomDeps): DiscoverySettings {
  const { bootnodes, logLevel, logFormat, logFile } = config
  return {
    binds: discoveryBinds(config),
    privateKey,
    enr: localRecord(),
    bootnodes,
    logLevel,
    logFormat,
    logFile,
  }
}

function idleDiscovery(discovered: DiscoveredPeers, knownRecords: number): DiscoveryRoom {
  return {
    start: async () => {},
    stop: async () => {},
    localRecordChanged: () => {},
    dialFailed: () => {},
    discoveredPeers: () => discovered.all(),
    stats: () => ({
      unique_peers_discovered: discovered.size,
      routing_table_size: 0,
      cached_enrs: knownRecords,
      total_discovery_queries: 0,
      dht_scan_prefix: 0,
      kademlia_alpha: 0,
      kademlia_k: 0,
      target_peers_per_query: PEERS_PER_QUERY,
    }),
    metrics: () => null,
  }
}
