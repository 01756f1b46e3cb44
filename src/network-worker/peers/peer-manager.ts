/**
 * The life of a connection: what libp2p reports of it becomes a peer record, the peer is greeted and kept known until it
 * leaves, and whoever is of another network, silent, or unwanted is told goodbye. What peers do wrong goes to
 * peer-conduct.ts, who makes room for others is decided in turnover.ts.
 */
import type { Connection, IdentifyResult, Libp2p } from '@libp2p/interface'
import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { InTurns } from '../../shared/in-turns.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ClockDoubt } from '../chain/clock-doubt.ts'
import type { StatusTruth } from '../chain/status-truth.ts'
import { ipOf, withoutPeerId } from '../host/addresses.ts'
import type { ReqResp } from '../reqresp/reqresp.ts'
import type { ReqRespHooks, Status } from '../reqresp/types.ts'
import type { Admission } from './admission.ts'
import { dialableAddresses } from './dialling/dialable-addresses.ts'
import type { RedialBook } from './dialling/redial-book.ts'
import { GOODBYE, type GoodbyeReason, goodbyeText, redialAfterMs } from './goodbye-reason.ts'
import type { LastDisconnects } from './last-disconnect.ts'
import type { PeerConduct } from './peer-conduct.ts'
import { PeerDialogue } from './peer-dialogue.ts'
import { guessRtt, type PeerRecord } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'
import { irrelevance } from './relevance.ts'
import type { ScoreBook } from './score/score-book.ts'
import { dueUpkeep } from './upkeep.ts'
import { voteGroup } from './vote-group.ts'

/** How often each peer is looked at for what is due. */
const TICK_MS = 1000
/** Of a turn, for requests that are due. */
const UPKEEP_MS = 0.5
/** A dialler speaks first; one that has not by then is asked. Prysm leaves us when *we* say nothing for 10 s. */
const INBOUND_STATUS_GRACE_MS = 2000
/** Pings in a row without answer after which a peer is gone in all but name. */
const MAX_MISSED_PINGS = 3
/** What closing one connection may take once goodbye was said. */
const CLOSE_TIMEOUT_MS = 1000
const MAX_CLOSE_ROUNDS = 3

export interface PeerManagerDeps {
  readonly host: Pick<Libp2p, 'getConnections' | 'hangUp' | 'addEventListener' | 'removeEventListener'>
  readonly reqResp: ReqResp
  readonly registry: PeerRegistry
  readonly scores: ScoreBook
  readonly conduct: PeerConduct
  readonly admission: Pick<Admission, 'whyBanned'>
  readonly redial: RedialBook
  readonly lastDisconnects: LastDisconnects
  readonly truth: StatusTruth
  readonly schedule: ForkSchedule
  readonly slotClock: SlotClock
  readonly clockDoubt: ClockDoubt
  readonly clock: Clock
  readonly log: Logger
  /** True for addresses that are one machine's own, where each peer is a voter of its own. */
  readonly isLoopback: (ip: string) => boolean
  /** What a peer's Status says of its fork, whatever we make of it. */
  readonly onForkSeen: (peerId: PeerIdStr, ip: string | undefined, forkDigestHex: string) => void
}

export class PeerManager {
  readonly #deps: PeerManagerDeps
  readonly #dialogue: PeerDialogue
  /** Goodbyes under way: the first reason is the one that is said. An entry goes when the connections are closed. */
  readonly #leaving = new Map<PeerIdStr, Promise<void>>()
  readonly #turns: InTurns
  #timer: Disposable | undefined
  #stopping = false

  constructor(deps: PeerManagerDeps) {
    this.#deps = deps
    const { reqResp, registry, clock, log, conduct } = deps
    this.#turns = new InTurns({ clock, turnMs: UPKEEP_MS })
    this.#dialogue = new PeerDialogue({
      reqResp,
      registry,
      clock,
      log,
      onStatus: (peerId, status) => this.#onStatus(peerId, status),
      onMetadata: (peerId, metadata) => conduct.introduced(peerId, metadata),
      onFailure: (peerId, error) => {
        if (!this.#stopping) conduct.requestFailed(peerId, error)
      },
    })
  }

  start(): void {
    const { host, clock } = this.#deps
    host.addEventListener('connection:open', this.#onOpen)
    host.addEventListener('connection:close', this.#onClose)
    host.addEventListener('peer:identify', this.#onIdentify)
    this.#timer = clock.every(TICK_MS, () => this.#tick())
  }

  /** Says goodbye 1 (client shutdown) to everyone and closes their connections. */
  async stop(): Promise<void> {
    const { host, registry } = this.#deps
    this.#stopping = true
    this.#timer?.[Symbol.dispose]()
    await Promise.allSettled(registry.connected().map(({ peerId }) => this.disconnect(peerId, GOODBYE.clientShutdown)))
    host.removeEventListener('connection:open', this.#onOpen)
    host.removeEventListener('connection:close', this.#onClose)
    host.removeEventListener('peer:identify', this.#onIdentify)
  }

  /** Goodbye with a reason, then every connection is closed. Resolves when they are. */
  disconnect(peerId: PeerIdStr, reason: GoodbyeReason): Promise<void> {
    const record = this.#deps.registry.get(peerId)
    if (record === undefined || record.state === 'disconnected') return Promise.resolve()
    const leaving = this.#leaving.get(peerId) ?? this.#leave(record, reason)
    this.#leaving.set(peerId, leaving)
    return leaving
  }

  async #leave(record: PeerRecord, reason: GoodbyeReason): Promise<void> {
    const { peerId } = record
    record.state = 'disconnecting'
    // A dial that is called off ends no session.
    if (record.connections > 0) this.#deps.lastDisconnects.record(peerId, { goodbye: 'ours', code: reason })
    try {
      await this.#deps.reqResp.goodbye(peerId, reason)
      await this.#close(peerId)
    } finally {
      this.#leaving.delete(peerId)
    }
  }

  /** What Req/Resp hears from peers. */
  readonly hooks: ReqRespHooks = {
    onStatus: (peerId, status) => this.#onStatus(peerId, status),
    onPing: (peerId, seqNumber) => void this.#dialogue.heard(peerId, seqNumber),
    onGoodbye: (peerId, reason) => {
      const { registry, redial, lastDisconnects, log } = this.#deps
      const record = registry.get(peerId)
      const fields = { peer: peerId, reason: Number(reason), text: goodbyeText(reason), client: record?.client }
      log.info(fields, 'peer says goodbye')
      redial.avoid(peerId, redialAfterMs(reason))
      lastDisconnects.record(peerId, { goodbye: 'theirs', code: Number(reason) })
      if (record !== undefined && record.state === 'connected') record.state = 'disconnecting'
      void this.#close(peerId)
    },
    onViolation: (peerId, kind, protocol) => this.#deps.conduct.violated(peerId, kind, protocol),
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { registry, scores, admission, lastDisconnects, clock, log } = this.#deps
    const peerId = connection.remotePeer.toString()
    const known = registry.get(peerId)
    const isFirst = known === undefined || known.connections === 0
    const isCalledOff = isFirst && known?.state === 'disconnecting' && connection.direction === 'outbound'
    const address = withoutPeerId(connection.remoteAddr)
    const record = registry.enter(peerId, address, connection.direction)
    record.connections++
    const ip = ipOf(connection.remoteAddr)
    scores.connected(peerId, ip)
    if (!isFirst) return
    record.address = address
    record.ip = ip
    record.direction = connection.direction
    record.state = 'connected'
    record.connectedAtMs = clock.monotonicMs()
    record.greeted = false
    record.lastStatusAtMs = clock.monotonicMs()
    record.pingsSent = 0
    record.missedPings = 0
    record.status = undefined
    // libp2p's own stamp, of the system's clock: for a peer that dialled us the handshake is all there is to guess by.
    if (connection.direction === 'inbound') guessRtt(record, Math.max(1, Date.now() - connection.timeline.open))
    log.debug({ peer: peerId, address, direction: connection.direction }, 'peer connected')
    lastDisconnects.forget(peerId)
    // The gate asked before: a ban may have come while the connection was being upgraded.
    const banned = admission.whyBanned(peerId, record.ip)
    if (banned !== undefined) return void this.disconnect(peerId, banned)
    // So may have been called off the dial, which libp2p goes on with.
    if (isCalledOff) return void this.disconnect(peerId, GOODBYE.tooManyPeers)
    const { connectedAtMs } = record
    if (connection.direction === 'outbound') void this.#dialogue.greet(record)
    else clock.after(INBOUND_STATUS_GRACE_MS, () => this.#greetInbound(record, connectedAtMs))
  }

  readonly #onClose = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { registry, scores, lastDisconnects, reqResp, truth, log } = this.#deps
    const peerId = connection.remotePeer.toString()
    const record = registry.get(peerId)
    if (record === undefined) return
    record.connections = Math.max(0, record.connections - 1)
    if (record.connections > 0) {
      this.#moveOn(record, connection)
      return
    }
    log.debug({ peer: peerId, client: record.client }, 'peer disconnected')
    lastDisconnects.record(peerId, { goodbye: 'none' })
    registry.leave(record)
    scores.disconnected(peerId)
    reqResp.forget(peerId)
    truth.forget(peerId)
  }

  /** Where a peer is, is told by its newest connection when the one that told it is gone. */
  #moveOn(record: PeerRecord, closed: Connection): void {
    if (record.address !== withoutPeerId(closed.remoteAddr)) return
    const isLeft = (one: Connection): boolean =>
      one !== closed && one.status === 'open' && one.remotePeer.toString() === record.peerId
    const left = this.#deps.host.getConnections().findLast(isLeft)
    if (left === undefined) return
    record.address = withoutPeerId(left.remoteAddr)
    record.ip = ipOf(left.remoteAddr)
    record.direction = left.direction
  }

  readonly #onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    const peerId = detail.peerId.toString()
    const { registry, conduct, admission } = this.#deps
    const record = registry.get(peerId)
    if (record === undefined) return
    if (detail.agentVersion !== undefined) record.client = printable(detail.agentVersion)
    if (record.ip !== undefined) record.dialable = dialableAddresses(record.ip, detail.listenAddrs, peerId)
    if (record.state !== 'connected') return
    const banned = admission.whyBanned(peerId, record.ip, record.client)
    if (banned === undefined) conduct.identified(peerId, detail.protocols)
    else void this.disconnect(peerId, banned)
  }

  /** `connectedAtMs` tells this connection from a later one of the same peer. */
  #greetInbound(record: PeerRecord, connectedAtMs: number): void {
    if (this.#stopping || record.state !== 'connected' || record.connectedAtMs !== connectedAtMs) return
    void this.#dialogue.greet(record)
  }

  #onStatus(peerId: PeerIdStr, status: Status): void {
    const { registry, schedule, slotClock, clockDoubt, truth, log, isLoopback, conduct } = this.#deps
    const record = registry.get(peerId)
    if (record === undefined) return
    record.status = status
    this.#deps.onForkSeen(peerId, record.ip, status.forkDigestHex)
    const why = irrelevance(status, schedule, slotClock)
    if (why === 'head_in_future') {
      clockDoubt.ahead(peerId)
      if (clockDoubt.isFelt()) return
    } else clockDoubt.inTime(peerId)
    if (why !== undefined) {
      log.info({ peer: peerId, client: record.client, why, digest: status.forkDigestHex }, 'peer of another network')
      conduct.irrelevant(peerId)
      return
    }
    truth.vote(peerId, voteGroup(peerId, record.ip, isLoopback), status)
  }

  /** Peers that came together are due together: fifty requests at once would hold up a block that comes meanwhile. */
  #tick(): void {
    const { registry, scores } = this.#deps
    scores.tick()
    const peers = registry.connected().values()
    this.#turns.run(() => {
      const { value: record, done } = peers.next()
      if (record?.state === 'connected') this.#attend(record)
      return done !== true && !this.#stopping
    })
  }

  #attend(record: PeerRecord): void {
    if (record.missedPings >= MAX_MISSED_PINGS) {
      void this.disconnect(record.peerId, GOODBYE.fault)
      return
    }
    const due = dueUpkeep(record, this.#deps.clock.monotonicMs())
    if (due.ping) void this.#dialogue.ping(record)
    if (due.status) void this.#dialogue.askStatus(record)
  }

  /** Closes all connections to a peer, those included that open while others are being closed. */
  async #close(peerId: PeerIdStr): Promise<void> {
    for (let round = 0; round < MAX_CLOSE_ROUNDS; round++) {
      const connections = this.#deps.host
        .getConnections()
        .filter((connection) => connection.remotePeer.toString() === peerId)
      if (connections.length === 0) return
      await Promise.all(connections.map(closeConnection))
    }
  }
}

async function closeConnection(connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) })
  } catch (err) {
    connection.abort(err instanceof Error ? err : new Error(String(err)))
  }
}

/** Agent strings come from peers and go to logs and JSON: printable ASCII, at most 128 characters. */
function printable(agent: string): string {
  return agent.replace(/[^\x20-\x7e]/g, '?').slice(0, 128)
}
