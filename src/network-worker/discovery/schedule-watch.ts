/**
 * The alarm for a stale schedule. A fork or blob-parameter change that this node does not know makes it lose every peer
 * at one instant, days after the others were told; their records and Status say so before.
 *
 * What it takes to raise it cheaply: a record's address is what its maker wrote, so somebody with a few thousand keys
 * can. It costs an operator a look at the news, no more: nothing but the log, a metric and `/node/info` follows from it.
 */
import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { ScheduleAlertView } from '../../rpc/discovery-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { ForkDigestHex, PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { ipNetwork, type NetworkBytes, PROVIDER_BYTES, SITE_BYTES } from './ip-network.ts'
import { ScheduleJudge, type Testimony, type UnknownFork } from './schedule-judge.ts'

/** What a node said counts for this long: clients are renewed over days, and a quarter of one shows the trend. */
export const WINDOW_MS = 6 * 3_600_000
/** Nodes remembered: about all of mainnet's, at some 200 bytes each. The one longest unheard of goes first. */
export const MAX_WATCHED_NODES = 8192
/** Unknown forks told at most; the rest is noise. */
const MAX_TOLD = 4
const CHECK_PERIOD_MS = 60_000
const REMIND_PERIOD_MS = 3_600_000

interface Bar {
  readonly networks: number
  /** Of the networks that were judged. */
  readonly share: number
}

/** Eight networks are no accident, and a tenth no test of one operator's. */
const BEGINS: Bar = { networks: 8, share: 0.1 }
/** Half of it, lest the alarm goes off and on as nodes come and go. */
const ENDS: Bar = { networks: 4, share: 0.05 }

export interface ScheduleWatchDeps {
  readonly clock: Clock
  readonly schedule: ForkSchedule
  /** Fork versions of the network, scheduled or not, 8 hex digits each. */
  readonly forkVersions?: readonly string[]
  readonly currentEpoch: () => number
  readonly log: Logger
  /** Addresses whose nodes are each a voter of its own, as all are the operator's. None by default. */
  readonly isLoopback?: (ip: string) => boolean
  readonly maxNodes?: number
}

interface Watched extends Testimony {
  /** Monotonic ms. */
  readonly heardAtMs: number
  /** The voter it belongs to. */
  readonly network: string
  /** The network is that of a connection, not what a record claims. */
  readonly isVerified: boolean
}

interface Tally {
  readonly fork: UnknownFork
  readonly networks: Set<string>
  nodes: number
}

interface Alert {
  readonly sinceUnixMs: number
  readonly tallies: ReadonlyMap<string, Tally>
  readonly nodesSeen: number
}

/** A node has one voice, its latest; of all nodes in one network (/24 by record, /16 by connection) only one counts. */
export class ScheduleWatch {
  readonly #deps: ScheduleWatchDeps
  readonly #judge: ScheduleJudge
  readonly #maxNodes: number
  /** In order of the last word; older than the window it only says that the node is one of ours. */
  readonly #nodes = new Map<PeerIdStr, Watched>()
  #alert: Alert | undefined
  #timer: Disposable | undefined
  #warnedAtMs = 0
  #checkedAtMs = Number.NEGATIVE_INFINITY
  #isStale = true
  /** Nodes forgotten for lack of room, since start. */
  dropped = 0

  constructor(deps: ScheduleWatchDeps) {
    this.#deps = deps
    this.#judge = new ScheduleJudge(deps.schedule, deps.forkVersions)
    this.#maxNodes = deps.maxNodes ?? MAX_WATCHED_NODES
  }

  /** Looks every minute from now on; without it only those who ask learn of an alarm. */
  start(): void {
    this.#timer ??= this.#deps.clock.every(CHECK_PERIOD_MS, () => this.#check())
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** A node that an earlier run knew as one of our network: it has no voice before it is heard of again. */
  remember(peerId: PeerIdStr): void {
    if (this.#nodes.has(peerId)) return
    const heardAtMs = Number.NEGATIVE_INFINITY
    this.#put(peerId, { heardAtMs, network: '', isVerified: false, current: undefined, next: undefined })
  }

  /** Takes what discovery found, whatever its network. */
  saw(record: NodeRecord): void {
    const { peerId, ip, ip6 } = record
    const before = this.#nodes.get(peerId)
    const testimony = this.#judge.ofRecord(record, this.#deps.currentEpoch(), before !== undefined)
    if (testimony === undefined) return
    const claimed = this.#networkOf(peerId, ip ?? ip6, SITE_BYTES)
    this.#hear(peerId, testimony, before?.isVerified === true ? before.network : claimed, before?.isVerified ?? false)
  }

  /** Takes the digest of a connected peer's Status, whatever its network. */
  sawStatus(peerId: PeerIdStr, ip: string | undefined, forkDigestHex: ForkDigestHex): void {
    const before = this.#nodes.get(peerId)
    const testimony = this.#judge.ofStatus(forkDigestHex, this.#deps.currentEpoch(), before !== undefined)
    if (testimony === undefined) return
    // A Status does not speak of what comes next: what its record said stands, while the rest agrees.
    const next = testimony.current === null ? before?.next : undefined
    const { current } = testimony
    this.#hear(peerId, { current, next }, this.#networkOf(peerId, ip, PROVIDER_BYTES), true)
  }

  alert(): ScheduleAlertView | undefined {
    this.#checkIfStale()
    if (this.#alert === undefined) return undefined
    const { tallies, nodesSeen, sinceUnixMs } = this.#alert
    const unknown_forks = [...tallies.values()]
      .sort((a, b) => b.nodes - a.nodes)
      .slice(0, MAX_TOLD)
      .map(({ fork: { kind, digest, epoch }, nodes }) => ({ kind, digest, epoch, nodes }))
    return { unknown_forks, nodes_seen: nodesSeen, since_unix_ms: sinceUnixMs }
  }

  /** Nodes that follow a schedule we do not know; 0 without an alert. */
  get strayNodes(): number {
    this.#checkIfStale()
    return [...(this.#alert?.tallies.values() ?? [])].reduce((sum, { nodes }) => sum + nodes, 0)
  }

  #hear(peerId: PeerIdStr, { current, next }: Testimony, network: string, isVerified: boolean): void {
    this.#put(peerId, { heardAtMs: this.#deps.clock.monotonicMs(), network, isVerified, current, next })
  }

  #put(peerId: PeerIdStr, node: Watched): void {
    this.#isStale = true
    this.#nodes.delete(peerId)
    this.#nodes.set(peerId, node)
    if (this.#nodes.size <= this.#maxNodes) return
    const [oldest] = this.#nodes.keys()
    if (oldest === undefined) return
    this.#nodes.delete(oldest)
    this.dropped++
  }

  #networkOf(peerId: PeerIdStr, ip: string | undefined, bytes: NetworkBytes): string {
    if (ip === undefined) return 'no address'
    if (this.#deps.isLoopback?.(ip) === true) return peerId
    return ipNetwork(ip, bytes) ?? 'no address'
  }

  #checkIfStale(): void {
    if (this.#isStale || this.#deps.clock.monotonicMs() - this.#checkedAtMs >= CHECK_PERIOD_MS) this.#check()
  }

  #check(): void {
    const { clock, log } = this.#deps
    this.#isStale = false
    this.#checkedAtMs = clock.monotonicMs()
    const before = this.#alert
    const { tallies, nodesSeen } = this.#count()
    if (tallies.size === 0) {
      this.#alert = undefined
      if (before !== undefined) log.info({ nodes_seen: nodesSeen }, 'other nodes follow our fork schedule again')
      return
    }
    this.#alert = { sinceUnixMs: before?.sinceUnixMs ?? clock.nowMs(), tallies, nodesSeen }
    const isNew = [...tallies.keys()].some((key) => before?.tallies.has(key) !== true)
    if (isNew || clock.monotonicMs() - this.#warnedAtMs >= REMIND_PERIOD_MS) this.#warn()
  }

  #warn(): void {
    this.#warnedAtMs = this.#deps.clock.monotonicMs()
    const { unknown_forks, nodes_seen } = this.alert() ?? {}
    this.#deps.log.warn(
      { unknown_forks, nodes_seen },
      'OTHER NODES FOLLOW A FORK SCHEDULE THAT THIS NODE DOES NOT KNOW: it will lose them all when the fork comes, ' +
        'unless it gets the new schedule by --network-dir or a newer release',
    )
  }

  /** Unknown forks that enough of the networks heard within the window speak of. */
  #count(): Pick<Alert, 'tallies' | 'nodesSeen'> {
    const all = new Map<string, Tally>()
    const judged = { current: new Set<string>(), next: new Set<string>() }
    let nodesSeen = 0
    for (const node of this.#lately()) {
      if (node.current === undefined) continue
      nodesSeen++
      judged.current.add(node.network)
      // Who was asked nothing of what comes next is no voice against it.
      if (node.next !== undefined) judged.next.add(node.network)
      for (const fork of [node.current, node.next]) if (fork) addVoice(all, fork, node.network)
    }
    const over = [...all].filter(([key, { fork, networks }]) => {
      const bar = this.#alert?.tallies.has(key) === true ? ENDS : BEGINS
      return networks.size >= bar.networks && networks.size >= judged[fork.kind].size * bar.share
    })
    return { tallies: new Map(over), nodesSeen }
  }

  *#lately(): Generator<Watched> {
    const sinceMs = this.#deps.clock.monotonicMs() - WINDOW_MS
    for (const node of this.#nodes.values()) if (node.heardAtMs > sinceMs) yield node
  }
}

function addVoice(tallies: Map<string, Tally>, fork: UnknownFork, network: string): void {
  const key = `${fork.kind} ${fork.digest} ${fork.epoch}`
  const tally = tallies.get(key) ?? { fork, networks: new Set<string>(), nodes: 0 }
  tally.networks.add(network)
  tally.nodes++
  tallies.set(key, tally)
}
