/**
 * How votes of one topic go on, once it is decided on whose word: claims taken or held, and what waits for copies. In: what
 * tier 0 let pass. Out: verdicts.
 */
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { Held } from '../../gossip/topics/topic-rules.ts'
import type { Passed } from '../checks/rule.ts'
import type { TopicJudge } from '../tier-zero.ts'
import { ACCEPT, type Verdict } from '../verdict.ts'
import type { Verifier } from '../verify/verifier.ts'
import type { CorroborationBook, PeerSources } from './corroboration-book.ts'
import type { JudgedMessage } from './judged-message.ts'
import { FALLBACK_SOURCES, isAggregate, signedSourcesOf, waitingTimeMs } from './policies.ts'
import type { TrackRecord } from './track-record.ts'

const ALREADY_KNOWN: Verdict = { action: 'ignore', reason: 'already_known' }

export interface VotePassageDeps {
  readonly verifier: Pick<Verifier, 'provesClaim'>
  readonly book: Pick<CorroborationBook, 'hold'>
  readonly peers: Pick<PeerSources, 'bypasses'>
  readonly records: Pick<TrackRecord, 'counts'>
  readonly corroborationTimeMs: number
}

export class VotePassage {
  readonly #deps: VotePassageDeps
  readonly #kind: GossipKind
  readonly #judge: Pick<TopicJudge, 'admit' | 'claims'>
  readonly #timeMs: number
  readonly #isAggregate: boolean

  constructor(deps: VotePassageDeps, kind: GossipKind, judge: Pick<TopicJudge, 'admit' | 'claims'>) {
    this.#deps = deps
    this.#kind = kind
    this.#judge = judge
    this.#timeMs = waitingTimeMs(kind, deps.corroborationTimeMs)
    this.#isAggregate = isAggregate(kind)
  }

  /** True when a verified one has its claim. */
  isHeldByAnother({ claim }: Passed): boolean {
    return claim !== undefined && this.#judge.claims.isHeld(claim)
  }

  /** It goes on unverified, as far as its claim lets it; what the operator's peers sent goes on in any case. */
  admit(passed: Passed, { incoming }: JudgedMessage): Verdict {
    const verdict = this.#judge.admit(passed)
    if (verdict.action === 'accept') return verdict
    const { bypasses } = this.#deps.peers
    const { fromId, copies } = incoming
    return bypasses(fromId) || (copies !== undefined && [...copies].some(bypasses)) ? ACCEPT : verdict
  }

  /**
   * Nobody told us its signer's key: it goes on, unless it is an aggregate of a peer that does not count (ADR 18), which waits
   * for another one. One that counts is enough.
   */
  admitUnverifiable(passed: Passed, message: JudgedMessage): Verdict | Held {
    const { peers, records } = this.#deps
    const { fromId } = message.incoming
    const goesOn = !this.#isAggregate || records.counts(fromId) || peers.bypasses(fromId)
    return goesOn ? this.admit(passed, message) : this.corroborate(passed, message, (peerId) => records.counts(peerId))
  }

  /** It is verified, and has its claim for itself, where only one signer could have made it. */
  admitVerified(passed: Passed, message: JudgedMessage): Verdict | Promise<Verdict> {
    const { claim } = passed
    if (claim === undefined) return ACCEPT
    if (this.#deps.verifier.provesClaim(this.#kind)) return this.#judge.claims.hold(claim) ? ACCEPT : ALREADY_KNOWN
    const held = this.#hold(passed, message, signedSourcesOf(this.#kind))
    return 'settled' in held ? held.settled : held
  }

  /** It went on, and is verified since: no other is to pass with its claim. */
  keepClaim({ claim }: Passed): void {
    if (claim !== undefined && this.#deps.verifier.provesClaim(this.#kind)) this.#judge.claims.hold(claim)
  }

  /** It waits until another peer sends it, too: one who `vouches`, whoever he is, or else an independent one. */
  corroborate(passed: Passed, message: JudgedMessage, vouches: (peerId: PeerIdStr) => boolean): Verdict | Held {
    return this.#hold(passed, message, FALLBACK_SOURCES, vouches)
  }

  #hold(
    { claim }: Passed,
    { msgId, ssz, incoming }: JudgedMessage,
    least: number,
    vouches: (peerId: PeerIdStr) => boolean = () => false,
  ): Verdict | Held {
    const { claims } = this.#judge
    let isVouched = false
    const verdict = this.#deps.book.hold({
      msgId,
      sizeBytes: incoming.sizeBytes + ssz.length,
      // Asked of each who sends it, before it is asked how many are needed.
      counts: (peerId) => {
        isVouched ||= vouches(peerId)
        return true
      },
      needed: () => {
        if (isVouched) return 1
        return Math.max(least, claim === undefined ? 1 : claims.sourcesNeeded(claim))
      },
      admit: (isByOwn) => {
        const reason = claim === undefined ? undefined : claims.takeCorroborated(claim)
        return reason === undefined || isByOwn ? ACCEPT : { action: 'ignore', reason }
      },
      timeMs: this.#timeMs,
      from: incoming.fromId,
      copies: incoming.copies,
    })
    return verdict instanceof Promise ? { action: 'hold', settled: verdict } : verdict
  }
}
