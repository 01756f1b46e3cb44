import type { KnownRecord } from '../../rpc/discovery-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_KNOWN_RECORDS } from '../../shared/limits.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { SiteQuota } from './site-quota.ts'

/** A record that did not change is told to be kept at most this often: only the time it was last seen is new. */
export const KEEP_PERIOD_MS = 600_000
/** Failed dials in a row after which a record is forgotten: at one in two minutes it had ten minutes to come back. */
export const MAX_FAILED_DIALS = 5
/** A peer that we were connected to this lately is kept whatever dials fail: it restarts, or refuses us for a while. */
export const PROVEN_MS = 86_400_000
/** So long a record that was given up is not taken again, unless a newer one comes: the DHT repeats dead nodes for days. */
export const GIVEN_UP_MS = 6 * 3_600_000
/** After this the past says nothing of a round trip any more: routes and machines move, this one too. */
export const RTT_MEMORY_MS = 3 * 86_400_000
/** A round trip that changes by less is the same: not worth a write. */
const NOTABLE_CHANGE = 0.05

export type Taken = 'new' | 'newer' | 'known'

export interface RecordBookDeps {
  readonly clock: Clock
  /** Of earlier runs; those that there is no room for are told to be forgotten. */
  readonly restored: readonly KnownRecord[]
  readonly onKept: (record: KnownRecord) => void
  readonly onForgotten: (peerId: PeerIdStr) => void
  /** False while no peer is connected: a dial that fails then says more of our uplink than of the peer. */
  readonly isOnline?: () => boolean
  readonly max?: number
}

interface Entry {
  record: NodeRecord
  lastSeenMs: number
  bestRttMs: number | null
  lastConnectedMs: number | null
  failedDials: number
  /** Monotonic ms of the last `onKept`. */
  keptAtMs: number
}

interface GivenUp {
  readonly seq: string
  /** Monotonic ms. */
  readonly untilMs: number
}

/**
 * Records of nodes of our network, worth a dial, with what earlier connections taught; a restart begins with them. Those
 * of earlier runs are text at first: checking 4,096 signatures would hold this thread for seven seconds, so that another
 * one does it, and each counts once it comes back by `take`.
 * Bounded: for a new one beyond the bound goes the one that was seen the longest ago among those never, or not for a
 * day, connected, else among all.
 */
export class RecordBook {
  readonly #deps: RecordBookDeps
  readonly #max: number
  readonly #entries = new Map<PeerIdStr, Entry>()
  /** Of earlier runs and not come back yet, the most lately connected first. */
  readonly #dormant = new Map<PeerIdStr, KnownRecord>()
  /** Oldest first; as many as records at most. */
  readonly #givenUp = new Map<PeerIdStr, GivenUp>()
  readonly #sites = new SiteQuota()
  /** Records given up for lack of room, since start. */
  dropped = 0

  constructor(deps: RecordBookDeps) {
    this.#deps = deps
    this.#max = deps.max ?? MAX_KNOWN_RECORDS
    for (const [place, known] of deps.restored.toSorted(byService).entries()) {
      if (place < this.#max) this.#dormant.set(known.peerId, known)
      else deps.onForgotten(known.peerId)
    }
  }

  get size(): number {
    return this.#entries.size + this.#dormant.size
  }

  /**
   * Takes a record just heard of. A newer one (by sequence number) replaces the one we have; the same one again only
   * moves the time it was last seen; an older one is ignored, as is one that was given up lately, or one of a network
   * that has its share of the book: `known`, all of them.
   */
  take(record: NodeRecord): Taken {
    const entry = this.#entries.get(record.peerId)
    if (entry === undefined) return this.#insert(record)
    const newness = BigInt(record.seq) - BigInt(entry.record.seq)
    if (newness < 0n) return 'known'
    entry.lastSeenMs = this.#deps.clock.nowMs()
    if (newness === 0n) {
      this.#keepUnlessLately(entry)
      return 'known'
    }
    if (!this.#sites.hasRoomFor(record, entry.record)) return 'known'
    this.#sites.remove(entry.record)
    this.#sites.add(record)
    // Elsewhere it is as good as a peer that was never measured.
    if (entry.record.ip !== record.ip || entry.record.ip6 !== record.ip6) entry.bestRttMs = null
    entry.record = record
    entry.failedDials = 0
    this.#keep(entry)
    return 'newer'
  }

  /** A connection stands, whoever opened it. */
  connected(peerId: PeerIdStr): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined) return
    const isFirst = entry.lastConnectedMs === null
    const nowMs = this.#deps.clock.nowMs()
    entry.lastConnectedMs = nowMs
    entry.lastSeenMs = nowMs
    entry.failedDials = 0
    if (isFirst) this.#keep(entry)
    else this.#keepUnlessLately(entry)
  }

  /**
   * The best verified round trip of the present connection. It replaces that of earlier ones, better or worse: a peer
   * that moved away must not look near for ever.
   */
  measured(peerId: PeerIdStr, bestRttMs: number): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined || entry.bestRttMs === bestRttMs) return
    const before = entry.bestRttMs
    if (before !== null && Math.abs(bestRttMs - before) <= before * NOTABLE_CHANGE) return
    entry.bestRttMs = bestRttMs
    this.#keep(entry)
  }

  /** A dial failed. The fifth in a row ends it, except for a peer that was connected within a day. */
  failed(peerId: PeerIdStr): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined || this.#deps.isOnline?.() === false) return
    entry.failedDials++
    if (entry.failedDials < MAX_FAILED_DIALS || this.#isProven(entry)) return
    this.#giveUp(peerId, entry.record.seq)
    this.forget(peerId)
  }

  /** For a node that turned out to be of another network, or of no use. */
  forget(peerId: PeerIdStr): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined) return
    this.#entries.delete(peerId)
    this.#sites.remove(entry.record)
    this.#deps.onForgotten(peerId)
  }

  /** Records of earlier runs that did not come back are of another network by now, or no records at all. */
  forgetDormant(): void {
    for (const peerId of this.#dormant.keys()) this.#deps.onForgotten(peerId)
    this.#dormant.clear()
  }

  get(peerId: PeerIdStr): NodeRecord | undefined {
    return this.#entries.get(peerId)?.record
  }

  known(peerId: PeerIdStr): KnownRecord | undefined {
    const entry = this.#entries.get(peerId)
    return entry === undefined ? this.#dormant.get(peerId) : knownRecord(entry)
  }

  /** The best round trip of the last connection, ms; undefined when there was none, or it is days ago. */
  bestRttMs(peerId: PeerIdStr): number | undefined {
    const entry = this.#entries.get(peerId)
    if (entry === undefined || entry.bestRttMs === null || entry.lastConnectedMs === null) return undefined
    return this.#isWithin(entry.lastConnectedMs, RTT_MEMORY_MS) ? entry.bestRttMs : undefined
  }

  *all(): Generator<NodeRecord> {
    for (const { record } of this.#entries.values()) yield record
  }

  /** The records as text, those of earlier runs included, peers that served us lately first. */
  texts(): readonly string[] {
    const known = [...this.#dormant.values(), ...[...this.#entries.values()].map(knownRecord)]
    return known.sort(byService).map(({ enr }) => enr)
  }

  #insert(record: NodeRecord): Taken {
    const { peerId } = record
    if (this.#isGivenUp(record) || !this.#sites.hasRoomFor(record)) return 'known'
    this.#givenUp.delete(peerId)
    const past = this.#dormant.get(peerId)
    const { clock } = this.#deps
    const entry: Entry = {
      record,
      lastSeenMs: Math.min(past?.lastSeenMs ?? Number.POSITIVE_INFINITY, clock.nowMs()),
      bestRttMs: past?.bestRttMs ?? null,
      lastConnectedMs: past?.lastConnectedMs ?? null,
      failedDials: 0,
      keptAtMs: clock.monotonicMs(),
    }
    if (!this.#dormant.delete(peerId) && this.size >= this.#max) this.#makeRoom()
    this.#entries.set(peerId, entry)
    this.#sites.add(record)
    if (past?.enr !== record.enr) this.#keep(entry)
    return 'new'
  }

  /**
   * One of an earlier run that did not come back goes first, the one that served us the longest ago; but not one that
   * did so lately for the sake of strangers, who may be as many as somebody likes before it had its turn.
   */
  #makeRoom(): void {
    const dormant = [...this.#dormant.values()].at(-1)
    const entry = this.#leastEntry()
    if (dormant !== undefined && (entry === undefined || !this.#isProven(dormant) || this.#isProven(entry))) {
      this.dropped++
      this.#dormant.delete(dormant.peerId)
      this.#deps.onForgotten(dormant.peerId)
      return
    }
    if (entry === undefined) return
    this.dropped++
    this.forget(entry.record.peerId)
  }

  #leastEntry(): Entry | undefined {
    let least: Entry | undefined
    for (const entry of this.#entries.values()) {
      if (least === undefined || this.#isWorthLess(entry, least)) least = entry
    }
    return least
  }

  #isWorthLess(a: Entry, b: Entry): boolean {
    const isProven = this.#isProven(a)
    return isProven === this.#isProven(b) ? a.lastSeenMs < b.lastSeenMs : !isProven
  }

  #isProven({ lastConnectedMs }: Pick<Entry, 'lastConnectedMs'>): boolean {
    return lastConnectedMs !== null && this.#isWithin(lastConnectedMs, PROVEN_MS)
  }

  /** False for a time to come, too: the wall clock was set back, and what it said of the past is worth nothing. */
  #isWithin(unixMs: number, ageMs: number): boolean {
    const age = this.#deps.clock.nowMs() - unixMs
    return age >= 0 && age < ageMs
  }

  #giveUp(peerId: PeerIdStr, seq: string): void {
    this.#givenUp.set(peerId, { seq, untilMs: this.#deps.clock.monotonicMs() + GIVEN_UP_MS })
    if (this.#givenUp.size <= this.#max) return
    const [oldest] = this.#givenUp.keys()
    if (oldest !== undefined) this.#givenUp.delete(oldest)
  }

  #isGivenUp({ peerId, seq }: NodeRecord): boolean {
    const givenUp = this.#givenUp.get(peerId)
    if (givenUp === undefined || this.#deps.clock.monotonicMs() >= givenUp.untilMs) return false
    return BigInt(seq) <= BigInt(givenUp.seq)
  }

  #keepUnlessLately(entry: Entry): void {
    if (this.#deps.clock.monotonicMs() - entry.keptAtMs >= KEEP_PERIOD_MS) this.#keep(entry)
  }

  #keep(entry: Entry): void {
    entry.keptAtMs = this.#deps.clock.monotonicMs()
    this.#deps.onKept(knownRecord(entry))
  }
}

/** Peers that were connected lately first, then those seen lately. */
function byService(a: KnownRecord, b: KnownRecord): number {
  return (b.lastConnectedMs ?? 0) - (a.lastConnectedMs ?? 0) || b.lastSeenMs - a.lastSeenMs
}

function knownRecord({ record, lastSeenMs, bestRttMs, lastConnectedMs }: Entry): KnownRecord {
  return { peerId: record.peerId, enr: record.enr, lastSeenMs, bestRttMs, lastConnectedMs }
}
