/**
 * One iterative FINDNODE lookup (discv5-theory, "Lookup"). Our own: upstream's never ends at the k closest, because its
 * count of answers begins at zero and only rises from above zero, and so asks every node that it hears of until its
 * time-out of a minute.
 */
import type { ENR } from '@chainsafe/enr'
import type { Clock } from '../shared/clock.ts'
import { distancesTowards, widestDistances, xorDistance } from './node-distance.ts'

/** Requests of one lookup under way (discv5-theory: "typically 3"). */
export const LOOKUP_ALPHA = 3
/** Bucket size of discv5, and how many of the closest must have answered. */
export const LOOKUP_K = 16
/** Distances asked for at a time: the target's own from that node, and its neighbours; as go-ethereum asks. */
const DISTANCES_PER_REQUEST = 3
/** All but one in 65,536 of the nodes that one may know are at so many of the widest distances. */
const WIDEST_DISTANCES = 16
/**
 * A third of all records lead nowhere, and a request to one takes 2 s: some thirty requests, three at a time, end within
 * 10 s. Twice that leaves room for a slow uplink and stays below the callers' own 30 s.
 */
const LOOKUP_TIMEOUT_MS = 20_000
/** Nodes kept in view, the closest ones: sixteen times what has to answer. */
const MAX_CANDIDATES = 256
/** Records taken of one answer: five packets, as the specification allows, with all that fit. */
const MAX_RECORDS_PER_ANSWER = 64
/** Records counted as heard of: more than a lookup can ask for. */
const MAX_HEARD = 4096

export interface LookupDeps {
  readonly clock: Clock
  /** Ours, 64 hex digits: nobody asks himself. */
  readonly localId: string
  /** FINDNODE to one node. Rejects when it does not answer. */
  readonly ask: (node: ENR, distances: number[]) => Promise<readonly ENR[]>
  /** Whether those who answered may be asked once more. */
  readonly mayWiden: () => boolean
}

export interface LookupResult {
  /** Ids of nodes that answered, the closest first, at most k. */
  readonly closest: readonly string[]
  /** Distinct nodes heard of. */
  readonly records: number
}

interface Candidate {
  readonly record: ENR
  readonly distance: bigint
  state: 'new' | 'asked' | 'answered' | 'failed'
  /** Stays, whatever becomes of what it is asked next. */
  hasAnswered: boolean
}

/** Looks once for the nodes closest to a target. */
export class IterativeLookup {
  readonly #target: string
  readonly #deps: LookupDeps
  readonly #ended = Promise.withResolvers<void>()
  readonly #heard = new Set<string>()
  /** By distance, the closest first; ids once heard of and left out for lack of room are in `#heard` alone. */
  #candidates: Candidate[] = []
  #isWide = false
  #underWay = 0
  #isOver = false

  /** @param target 64 hex digits */
  constructor(target: string, deps: LookupDeps) {
    this.#target = target
    this.#deps = deps
  }

  /** Resolves when the k closest have answered, nobody is left to ask, or time is up. Never rejects. */
  async run(known: readonly ENR[]): Promise<LookupResult> {
    this.#add(known)
    const timer = this.#deps.clock.after(LOOKUP_TIMEOUT_MS, () => this.stop())
    this.#askMore()
    await this.#ended.promise
    timer[Symbol.dispose]()
    const answered = this.#candidates.filter(({ hasAnswered }) => hasAnswered)
    return { closest: answered.slice(0, LOOKUP_K).map(({ record }) => record.nodeId), records: this.#heard.size }
  }

  /** Ends it with what it has. */
  stop(): void {
    this.#isOver = true
    this.#ended.resolve()
  }

  #add(records: readonly ENR[]): void {
    const seen = new Set(this.#candidates.map(({ record }) => record.nodeId))
    for (const record of records) {
      const { nodeId } = record
      if (nodeId === this.#deps.localId || seen.has(nodeId)) continue
      seen.add(nodeId)
      this.#candidates.push({ record, distance: xorDistance(nodeId, this.#target), state: 'new', hasAnswered: false })
    }
    this.#candidates.sort((a, b) => (a.distance < b.distance ? -1 : 1))
    // Whoever is far away by now and was not asked never will be; the others are needed to count.
    const cut = this.#candidates.slice(MAX_CANDIDATES).filter(({ state }) => state !== 'new')
    this.#candidates = [...this.#candidates.slice(0, MAX_CANDIDATES), ...cut]
  }

  #askMore(): void {
    while (!this.#isOver && this.#underWay < LOOKUP_ALPHA) {
      const next = this.#next()
      if (next === undefined) break
      next.state = 'asked'
      this.#underWay++
      void this.#ask(next)
    }
    if (this.#underWay > 0 || this.#isOver) return
    if (this.#widen()) this.#askMore()
    else this.stop()
  }

  /**
   * Once, when nobody is left to ask and fewer are alive than have to answer: in a network of a few nodes the only one that knows
   * another may have it at a distance that lookups hardly ever ask for. @returns false when that is not so
   */
  #widen(): boolean {
    const answered = this.#candidates.filter(({ hasAnswered }) => hasAnswered)
    if (this.#isWide || answered.length === 0 || answered.length >= LOOKUP_K || !this.#deps.mayWiden()) return false
    this.#isWide = true
    for (const candidate of answered) candidate.state = 'new'
    return true
  }

  /** The closest node to ask among the k closest that have not failed. */
  #next(): Candidate | undefined {
    const alive = this.#candidates.filter(({ state }) => state !== 'failed').slice(0, LOOKUP_K)
    return alive.find(({ state }) => state === 'new')
  }

  async #ask(candidate: Candidate): Promise<void> {
    const { record } = candidate
    try {
      const usual = distancesTowards(this.#target, record.nodeId, DISTANCES_PER_REQUEST)
      // An answer has sixteen records: what was asked for before is not to fill it again.
      const distances = candidate.hasAnswered ? widestDistances(WIDEST_DISTANCES, usual) : usual
      const records = (await this.#deps.ask(record, distances)).slice(0, MAX_RECORDS_PER_ANSWER)
      candidate.state = 'answered'
      candidate.hasAnswered = true
      for (const { nodeId } of records) if (this.#heard.size < MAX_HEARD) this.#heard.add(nodeId)
      if (!this.#isOver) this.#add(records)
    } catch {
      candidate.state = candidate.hasAnswered ? 'answered' : 'failed'
    }
    this.#underWay--
    this.#askMore()
  }
}
