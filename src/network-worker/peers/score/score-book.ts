/**
 * The score of every peer and what follows from it. In: connections, reports, and ticks of the peer manager. Out: the
 * effects, on transitions of a peer's state only (reference/scoring.md §1.2), so that a peer that came back at a score
 * between the thresholds stays until it heals and falls again.
 */
import type { ScoreBan } from '../../../rpc/access.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { MAX_SCORE_BANS } from '../../../shared/limits.ts'
import type { ReportReason } from './report-sites.ts'
import { type LastReport, ScoreEntry } from './score-entry.ts'
import { combinedScore, type PeerAction, type ScoreState } from './score-formula.ts'
import { SharedIpBans } from './shared-ip-bans.ts'

/** Peers without a connection whose bad score is remembered (reference/scoring.md §1, "max remembered"). */
export const MAX_REMEMBERED_SCORES = 500

/** Called when the book is already as it will be, so that they may ask it anything and change it. */
export interface ScoreEffects {
  /** A connected peer is to be sent off; it may come back. */
  onForcedDisconnect(peerId: PeerIdStr): void
  /** A peer, connected or not, is to be refused. Each is followed by one `onUnbanned` in this run or the next. */
  onBanned(ban: ScoreBan): void
  onUnbanned(peerId: PeerIdStr): void
}

export interface ScoreBookDeps {
  readonly clock: Clock
  /** Time after a ban in which nothing heals. */
  readonly banFreezeMs: number
  /** Trusted peers have no score: reports of them are dropped. */
  isTrusted(peerId: PeerIdStr): boolean
  /** Addresses that no rule about shared addresses touches. */
  isExemptIp(ip: string): boolean
  /** Raw gossip score of a connected peer, now. */
  gossipScore(peerId: PeerIdStr): number
  readonly effects: ScoreEffects
}

/** What a peer's score is and came from, trusted peers' being none. */
export interface ScoreStanding {
  readonly peerId: PeerIdStr
  readonly peerScore: number
  /** Raw. */
  readonly gossipScore: number
  /** Unix ms; 0 for none. */
  readonly changedAtMs: number
  readonly lastReport: LastReport | undefined
}

/** Totals since start. */
export interface ScoreCounts {
  /** Remembered scores dropped for lack of room. */
  forgotten: number
  /** Bans lifted early for lack of room. */
  droppedBans: number
  /** Reports of peers that have a score, by reason. */
  readonly reports: Map<ReportReason, number>
}

export class ScoreBook {
  readonly counts: ScoreCounts = { forgotten: 0, droppedBans: 0, reports: new Map() }
  readonly #deps: ScoreBookDeps
  /** Connected peers (as many as the host admits), remembered ones and banned ones (see the two sets). */
  readonly #entries = new Map<PeerIdStr, ScoreEntry>()
  /** Gone and not banned, the longest gone first. */
  readonly #remembered = new Set<PeerIdStr>()
  /** The oldest ban first. */
  readonly #banned = new Set<PeerIdStr>()
  readonly #sharedIps: SharedIpBans

  constructor(deps: ScoreBookDeps) {
    this.#deps = deps
    this.#sharedIps = new SharedIpBans((ip) => deps.isExemptIp(ip))
  }

  /** Takes up the bans of earlier runs, before the first connection. Those that healed meanwhile are lifted at once. */
  restore(bans: readonly ScoreBan[]): void {
    const { clock, effects } = this.#deps
    const nowMs = clock.monotonicMs()
    for (const ban of bans.toSorted((a, b) => a.bannedAtMs - b.bannedAtMs)) {
      if (this.#deps.isTrusted(ban.peerId)) {
        effects.onUnbanned(ban.peerId)
        continue
      }
      const entry = ScoreEntry.ofBan(ban, nowMs, clock.nowMs())
      this.#entries.set(ban.peerId, entry)
      this.#enlist(entry)
      this.#actOn(entry, nowMs)
      this.#dropOldestBans(nowMs)
    }
  }

  /** A connection to the peer was made, its first or a further one. */
  connected(peerId: PeerIdStr, ip: string | undefined): void {
    const entry = this.#entries.get(peerId) ?? new ScoreEntry(peerId, this.#deps.clock.monotonicMs())
    this.#entries.set(peerId, entry)
    this.#remembered.delete(peerId)
    entry.arrive(ip)
    if (entry.state === 'banned') this.#sharedIps.set(peerId, entry.ips)
  }

  /** The peer's last connection is gone. Its gossip score stays as it was at the last look. */
  disconnected(peerId: PeerIdStr): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined || !entry.connected) return
    const nowMs = this.#deps.clock.monotonicMs()
    entry.leave(nowMs)
    if (entry.state === 'banned') return
    if (entry.isClean(nowMs) || this.#deps.isTrusted(peerId)) this.#entries.delete(peerId)
    else this.#remember(entry)
  }

  /** Penalises a peer. One that is unknown or trusted is left alone. */
  report(peerId: PeerIdStr, action: PeerAction, reason: ReportReason): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined || this.#deps.isTrusted(peerId)) return
    const nowMs = this.#deps.clock.monotonicMs()
    this.counts.reports.set(reason, (this.counts.reports.get(reason) ?? 0) + 1)
    this.#refreshGossip(entry, nowMs)
    const delta = entry.penalise(action, nowMs)
    entry.noteReport({ reason, delta, atMs: this.#deps.clock.nowMs() })
    this.#actOn(entry, nowMs)
  }

  /** Looks at the gossip score of each connected peer and acts on what it and time have changed. */
  tick(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const entry of [...this.#entries.values()]) {
      // An effect of an earlier one may have taken it out or reset it.
      if (this.#entries.get(entry.peerId) !== entry || this.#deps.isTrusted(entry.peerId)) continue
      this.#refreshGossip(entry, nowMs)
      this.#actOn(entry, nowMs)
    }
  }

  /** −100…100 now; 0 for unknown and trusted peers. */
  peerScore(peerId: PeerIdStr): number {
    return this.#scored(peerId)?.peerScore(this.#deps.clock.monotonicMs()) ?? 0
  }

  /** Raw gossip score: live of a connected peer, else the last one, which is also what counts while a ban is frozen. */
  gossipScore(peerId: PeerIdStr): number {
    const entry = this.#scored(peerId)
    if (entry === undefined) return 0
    const nowMs = this.#deps.clock.monotonicMs()
    return this.#isLive(entry, nowMs) ? this.#deps.gossipScore(peerId) : entry.gossipScore(nowMs)
  }

  /** The combined score now, 0 of a trusted peer; undefined of a peer without a score. */
  combinedScore(peerId: PeerIdStr): number | undefined {
    if (this.#deps.isTrusted(peerId)) return 0
    if (!this.#entries.has(peerId)) return undefined
    return combinedScore(this.peerScore(peerId), this.gossipScore(peerId))
  }

  /** Why the peer was reported in its session: distinct, newest first. */
  reportReasons(peerId: PeerIdStr): readonly ReportReason[] {
    return this.#scored(peerId)?.reportReasons ?? []
  }

  /** Every peer that has a score here, connected or not: as many as are connected, remembered and banned. */
  standings(): readonly ScoreStanding[] {
    return [...this.#entries.keys()].map((peerId) => {
      const entry = this.#scored(peerId)
      return {
        peerId,
        peerScore: this.peerScore(peerId),
        gossipScore: this.gossipScore(peerId),
        changedAtMs: entry?.changedAtMs ?? 0,
        lastReport: entry?.lastReport,
      }
    })
  }

  /** The state that was last acted on. */
  state(peerId: PeerIdStr): ScoreState {
    return this.#scored(peerId)?.state ?? 'healthy'
  }

  /** True when the peer is to be refused, whoever dials. */
  isBanned(peerId: PeerIdStr): boolean {
    return this.state(peerId) === 'banned'
  }

  /** Who was sent off may come back, but is not called back. */
  mayDial(peerId: PeerIdStr): boolean {
    return this.state(peerId) === 'healthy'
  }

  /** True when too many banned peers share the address. */
  isBannedIp(ip: string): boolean {
    return this.#sharedIps.isBanned(ip)
  }

  /** The oldest ban first. */
  banned(): readonly PeerIdStr[] {
    return [...this.#banned]
  }

  /** For a peer that becomes trusted, or ceases to be: its score starts again at 0, and a ban is lifted. */
  reset(peerId: PeerIdStr): void {
    const entry = this.#entries.get(peerId)
    if (entry !== undefined) this.#startAgain(entry, this.#deps.clock.monotonicMs())
  }

  #scored(peerId: PeerIdStr): ScoreEntry | undefined {
    return this.#deps.isTrusted(peerId) ? undefined : this.#entries.get(peerId)
  }

  #isLive(entry: ScoreEntry, nowMs: number): boolean {
    return entry.connected && !entry.isFrozen(nowMs)
  }

  #refreshGossip(entry: ScoreEntry, nowMs: number): void {
    if (this.#isLive(entry, nowMs)) entry.noteGossipScore(this.#deps.gossipScore(entry.peerId))
  }

  #actOn(entry: ScoreEntry, nowMs: number): void {
    const before = entry.state
    const after = entry.stateAt(nowMs)
    if (after === before) return
    entry.state = after
    if (after === 'banned') this.#ban(entry, nowMs)
    else if (before === 'banned') this.#unban(entry)
    else if (after === 'forced_disconnect' && entry.connected) this.#deps.effects.onForcedDisconnect(entry.peerId)
  }

  #ban(entry: ScoreEntry, nowMs: number): void {
    const { clock, banFreezeMs, effects } = this.#deps
    const ban = entry.ban(nowMs, clock.nowMs(), banFreezeMs)
    this.#enlist(entry)
    effects.onBanned(ban)
    this.#dropOldestBans(nowMs)
  }

  #enlist(entry: ScoreEntry): void {
    this.#remembered.delete(entry.peerId)
    this.#banned.add(entry.peerId)
    this.#sharedIps.set(entry.peerId, entry.ips)
  }

  #unban(entry: ScoreEntry): void {
    this.#banned.delete(entry.peerId)
    this.#sharedIps.delete(entry.peerId)
    if (!entry.connected) this.#remember(entry)
    this.#deps.effects.onUnbanned(entry.peerId)
  }

  #dropOldestBans(nowMs: number): void {
    for (const peerId of this.#banned) {
      if (this.#banned.size <= MAX_SCORE_BANS) return
      const entry = this.#entries.get(peerId)
      if (entry !== undefined) this.#startAgain(entry, nowMs)
      this.counts.droppedBans++
    }
  }

  #startAgain(entry: ScoreEntry, nowMs: number): void {
    const { peerId } = entry
    this.#remembered.delete(peerId)
    this.#sharedIps.delete(peerId)
    const wasBanned = this.#banned.delete(peerId)
    if (entry.connected) this.#entries.set(peerId, entry.fresh(nowMs))
    else this.#entries.delete(peerId)
    if (wasBanned) this.#deps.effects.onUnbanned(peerId)
  }

  #remember(entry: ScoreEntry): void {
    this.#remembered.add(entry.peerId)
    for (const peerId of this.#remembered) {
      if (this.#remembered.size <= MAX_REMEMBERED_SCORES) return
      this.#remembered.delete(peerId)
      this.#entries.delete(peerId)
      this.counts.forgotten++
    }
  }
}
