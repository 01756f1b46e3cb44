import type { ScoreBan } from '../../../rpc/access.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { ReportReason } from './report-sites.ts'
import {
  clampPeerScore,
  decayedScore,
  type PeerAction,
  type ScoreState,
  scoreAfterAction,
  scoreState,
} from './score-formula.ts'

/** Addresses kept of a peer, the latest: a node that moves more often than this is not counted at its first places. */
export const MAX_PEER_IPS = 8

/**
 * How long the gossip score of a peer that is gone counts, from the end of its connection or of its freeze: as long as
 * gossipsub retains one, 100 epochs of mainnet (reference/scoring.md §3.1). Without an end, a ban by gossip score alone
 * would never lift, since only a connected peer's is refreshed.
 */
export const GOSSIP_MEMORY_MS = 38_400_000

/** A report as it took effect. */
export interface LastReport {
  readonly reason: ReportReason
  /** What it changed of the peer score, which its bounds may have made less than the action's. */
  readonly delta: number
  /** Unix ms. */
  readonly atMs: number
}

/**
 * The scores of one peer. All times are monotonic ms. The peer score is kept as a value with the time at which it was
 * right, its anchor, and is worked out from there when asked: looking at it changes nothing, however often.
 */
export class ScoreEntry {
  readonly peerId: PeerIdStr
  connected = false
  /** The state that was last acted on, not the one the scores say now. */
  state: ScoreState = 'healthy'
  /** Unix ms of the last ban. */
  bannedAtMs = 0
  /** Of any session; undefined until a report in this run. */
  lastReport: LastReport | undefined
  /** Unix ms of the last change of the peer score other than its decay; 0 for none. */
  changedAtMs = 0
  /** This session's, the newest last. As many as there are reasons at most. */
  readonly #sessionReasons = new Set<ReportReason>()
  #ips: readonly string[] = []
  #peerScore = 0
  #anchorMs: number
  #gossipScore = 0
  #goneAtMs: number

  constructor(peerId: PeerIdStr, nowMs: number) {
    this.peerId = peerId
    this.#anchorMs = nowMs
    this.#goneAtMs = nowMs
  }

  /**
   * A ban of an earlier run. `unixNowMs` and `nowMs` are the same instant. A wall clock that was set back since does not
   * make the freeze longer than it was.
   */
  static ofBan(ban: ScoreBan, nowMs: number, unixNowMs: number): ScoreEntry {
    const entry = new ScoreEntry(ban.peerId, nowMs)
    const bannedAgoMs = Math.max(0, unixNowMs - ban.bannedAtMs)
    entry.state = 'banned'
    entry.bannedAtMs = ban.bannedAtMs
    // When it fell is not kept: not later than this.
    if (ban.peerScore !== 0) entry.changedAtMs = ban.bannedAtMs
    entry.#ips = ban.ips.slice(-MAX_PEER_IPS)
    entry.#peerScore = clampPeerScore(ban.peerScore)
    entry.#gossipScore = ban.gossipScore
    entry.#goneAtMs = nowMs - bannedAgoMs
    entry.#anchorMs = entry.#goneAtMs + (ban.frozenUntilMs - ban.bannedAtMs)
    return entry
  }

  /** The ban that begins at `nowMs`, `unixNowMs` by the wall clock: the score stays as it is for `freezeMs`. */
  ban(nowMs: number, unixNowMs: number, freezeMs: number): ScoreBan {
    this.#peerScore = this.peerScore(nowMs)
    this.#anchorMs = nowMs + freezeMs
    this.bannedAtMs = unixNowMs
    return {
      peerId: this.peerId,
      peerScore: this.#peerScore,
      gossipScore: this.#gossipScore,
      bannedAtMs: unixNowMs,
      frozenUntilMs: unixNowMs + freezeMs,
      ips: this.#ips,
    }
  }

  /** An entry without a past for the same peer, connected and addressed as this one. */
  fresh(nowMs: number): ScoreEntry {
    const entry = new ScoreEntry(this.peerId, nowMs)
    entry.connected = this.connected
    entry.#ips = this.#ips
    return entry
  }

  /** Oldest first. */
  get ips(): readonly string[] {
    return this.#ips
  }

  arrive(ip: string | undefined): void {
    if (!this.connected) this.#sessionReasons.clear()
    this.connected = true
    if (ip === undefined) return
    this.#ips = [...this.#ips.filter((known) => known !== ip), ip].slice(-MAX_PEER_IPS)
  }

  leave(nowMs: number): void {
    this.connected = false
    this.#goneAtMs = nowMs
  }

  isFrozen(nowMs: number): boolean {
    return this.#anchorMs > nowMs
  }

  peerScore(nowMs: number): number {
    return decayedScore(this.#peerScore, nowMs - this.#anchorMs)
  }

  gossipScore(nowMs: number): number {
    const heldUntilMs = Math.max(this.#goneAtMs, this.#anchorMs) + GOSSIP_MEMORY_MS
    return this.connected || nowMs < heldUntilMs ? this.#gossipScore : 0
  }

  /**
   * Penalties count during a freeze too and do not make it longer.
   * @returns what it changed of the peer score, 0 at the minimum
   */
  penalise(action: PeerAction, nowMs: number): number {
    const before = this.peerScore(nowMs)
    this.#peerScore = scoreAfterAction(before, action)
    this.#anchorMs = Math.max(this.#anchorMs, nowMs)
    return this.#peerScore - before
  }

  /** A report was acted on; `delta` is what came of it. */
  noteReport(report: LastReport): void {
    this.lastReport = report
    this.changedAtMs = report.atMs
    this.#sessionReasons.delete(report.reason)
    this.#sessionReasons.add(report.reason)
  }

  /** Why the peer was reported in this session, or in its last one when it is gone: distinct, newest first. */
  get reportReasons(): readonly ReportReason[] {
    return [...this.#sessionReasons].reverse()
  }

  noteGossipScore(gossipScore: number): void {
    this.#gossipScore = gossipScore
  }

  /** The state that the scores say. */
  stateAt(nowMs: number): ScoreState {
    return scoreState(this.peerScore(nowMs), this.gossipScore(nowMs))
  }

  /** True when a new entry would say as much. */
  isClean(nowMs: number): boolean {
    return this.state === 'healthy' && this.peerScore(nowMs) === 0 && this.gossipScore(nowMs) >= 0
  }
}
