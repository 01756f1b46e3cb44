/**
 * Who has sent true votes, and whose votes were found to be forged. In: what verifying single votes came to. Out: whose
 * votes may go on before they are verified, and when the next of them is to be.
 */
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { KeyCoverage } from './key-coverage.ts'
import { VoteSource } from './vote-source.ts'

/**
 * More than the peers that a relay has in a day, some 150 bytes each. The one whose votes were verified longest ago goes
 * first, and has no record then, as any newcomer.
 */
const MAX_SOURCES = 4096

export interface VoteConductDeps {
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** How long who sent a forged vote stays a suspect. */
  readonly suspicionMs: number
  /** From 0 up to 1. For tests. */
  readonly random?: () => number
  readonly maxSources?: number
}

export class VoteConduct {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #suspicionMs: number
  readonly #random: () => number
  readonly #maxSources: number
  /** Who was heard of last comes last. Kept when a peer leaves, so that it does not come back as another. */
  readonly #sources = new Map<PeerIdStr, VoteSource>()
  readonly #coverage = new KeyCoverage()

  constructor({ clock, suspicionMs, random = Math.random, maxSources = MAX_SOURCES }: VoteConductDeps) {
    this.#clock = clock
    this.#suspicionMs = suspicionMs
    this.#random = random
    this.#maxSources = maxSources
  }

  get size(): number {
    return this.#sources.size
  }

  /** What is known of a peer; undefined when none of its votes was to be verified. Asked for each vote. */
  find(peerId: PeerIdStr): VoteSource | undefined {
    return this.#sources.get(peerId)
  }

  /** A vote of who is `source` goes on. @returns true when it is to be verified behind: then tell so by `check` */
  isDue(source: VoteSource): boolean {
    return source.isDue(this.#clock.monotonicMs())
  }

  hasRecord(peerId: PeerIdStr): boolean {
    return this.#sources.get(peerId)?.hasRecord === true
  }

  check(peerId: PeerIdStr): void {
    this.#heard(peerId).check(this.#clock.monotonicMs(), this.#random)
  }

  noteRight(peerId: PeerIdStr): void {
    this.#heard(peerId).noteRight(this.#clock.monotonicMs())
  }

  /** A vote of a peer is looked at: the list of validators has its signer, or has not. A suspect is no witness of it. */
  noteSigner(peerId: PeerIdStr, isKnown: boolean): void {
    const nowMs = this.#clock.monotonicMs()
    const source = this.#sources.get(peerId) ?? this.#heard(peerId)
    if (!source.isSuspect(nowMs) && source.isWitness(nowMs)) this.#coverage.note(isKnown)
  }

  /**
   * True when it says nothing of a peer that it sends a vote of who is not in the list of validators: while most voters are
   * not. Of a suspect it always does.
   */
  excusesStranger(peerId: PeerIdStr): boolean {
    if (!this.#coverage.isThin) return false
    return this.#sources.get(peerId)?.isSuspect(this.#clock.monotonicMs()) !== true
  }

  /** It names a validator who is not in the list. Where that has all others, who sends many of them is a suspect. */
  noteStranger(peerId: PeerIdStr): void {
    const untilMs = this.#coverage.isFull ? this.#clock.monotonicMs() + this.#suspicionMs : Number.NEGATIVE_INFINITY
    this.#heard(peerId).noteStranger(untilMs)
  }

  noteForged(peerId: PeerIdStr): void {
    this.#heard(peerId).noteForged(this.#clock.monotonicMs() + this.#suspicionMs)
  }

  /** Takes a record away and holds nothing against the peer. */
  forget(peerId: PeerIdStr): void {
    this.#sources.get(peerId)?.forget()
  }

  #heard(peerId: PeerIdStr): VoteSource {
    const source = this.#sources.get(peerId) ?? new VoteSource()
    this.#sources.delete(peerId)
    this.#sources.set(peerId, source)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > this.#maxSources && oldest !== undefined) this.#sources.delete(oldest)
    return source
  }
}
