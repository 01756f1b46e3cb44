/**
 * The judgement of a topic: what the message itself says (tier 0), then who sent it, then the topic's policy. What can be
 * said at once is said at once; a promise is made only for what is verified, and a message is held only for copies of it.
 */

import type { PeerIdStr } from '../../../shared/ids.ts'
import type { TopicContext } from '../../gossip/topics/topic-directory.ts'
import type { Held, TopicRules } from '../../gossip/topics/topic-rules.ts'
import type { Passed } from '../checks/rule.ts'
import type { TierZero, TopicJudge } from '../tier-zero.ts'
import { ACCEPT, type Verdict } from '../verdict.ts'
import type { Verification, Verifier } from '../verify/verifier.ts'
import type { CorroborationBook, PeerSources } from './corroboration-book.ts'
import type { JudgedMessage as Message } from './judged-message.ts'
import { FALLBACK_SOURCES, type Fallback, fallbackOf, signedSourcesOf, sourcesOf, waitingTimeMs } from './policies.ts'
import { type OnForgedVote, type SampledVotesDeps, sampledCheck } from './sampled-votes.ts'
import type { SlotWatch } from './slot-watch.ts'
import type { TrackRecord } from './track-record.ts'
import { VotePassage } from './vote-passage.ts'
import type { VouchedIds } from './vouched-ids.ts'

const ALREADY_KNOWN: Verdict = { action: 'ignore', reason: 'already_known' }
/** What verification found to be forged: the message itself proves it. */
const FORGED = {
  invalid: { action: 'reject', reason: 'bad_signature' },
  disproven: { action: 'reject', reason: 'bad_proof' },
} as const satisfies Partial<Record<Verification, Verdict>>

export interface PolicyDeps extends SampledVotesDeps {
  readonly tierZero: Pick<TierZero, 'judgeOf'>
  readonly verifier: Verifier
  readonly book: Pick<CorroborationBook, 'hold'>
  readonly watch: Pick<SlotWatch, 'isFirst' | 'isInDoubt' | 'isTimely' | 'isOnlySigner'>
  readonly records: Pick<TrackRecord, 'counts' | 'countsForBlocks' | 'isEnoughLate' | 'note'>
  /** Blocks that more speaks for than the word of one peer. */
  readonly vouched: Pick<VouchedIds, 'add'>
  readonly peers: PeerSources
  /** How long a message may wait for other peers, ms. */
  readonly corroborationTimeMs: number
}

/** The check of a topic, to be made once when it is joined. */
export function policyCheck(
  deps: PolicyDeps,
  context: TopicContext,
  onForged: OnForgedVote = () => undefined,
): TopicRules['check'] {
  if (context.policy === 'none') return () => ACCEPT
  if (context.policy === 'sampled') return sampledCheck(deps, context, onForged)
  const topic = new JudgedByPolicy(deps, context)
  return (ssz, msgId, incoming) => topic.judge({ ssz, msgId, incoming })
}

class JudgedByPolicy {
  readonly #deps: PolicyDeps
  readonly #context: TopicContext
  readonly #judge: TopicJudge
  readonly #fallback: Fallback
  /** Undefined unless the policy is `corroborate`. */
  readonly #sources: number | undefined
  readonly #timeMs: number
  readonly #votes: VotePassage

  constructor(deps: PolicyDeps, context: TopicContext) {
    const { kind } = context.parsed.spec
    this.#deps = deps
    this.#context = context
    this.#judge = deps.tierZero.judgeOf(context)
    this.#fallback = fallbackOf(kind)
    this.#sources = sourcesOf(context.policy)
    this.#timeMs = waitingTimeMs(kind, deps.corroborationTimeMs)
    this.#votes = new VotePassage(deps, kind, this.#judge)
    if (context.policy === 'strict') deps.verifier.expect(kind)
  }

  judge(message: Message): Verdict | Promise<Verdict> | Held {
    const result = this.#judge.examine(message.ssz)
    if (result.action !== 'pass') return result
    if (this.#context.policy === 'blind') return this.#admit(result, message)
    if (this.#isHeldByAnother(result)) return this.#judgeVariant(result, message)
    if (this.#deps.peers.bypasses(message.incoming.fromId)) {
      this.#isFirstOfSlot(result)
      return this.#vouch(result, message, message.incoming.fromId)
    }
    return this.#sources === undefined ? this.#verify(result, message) : this.#hold(result, message, this.#sources)
  }

  /**
   * What a proposer makes once a slot does not go on a second time, whatever it is; but who altered the first to send it
   * as another is found out, as clients do. Of other kinds it is not worth the work.
   */
  #judgeVariant(passed: Passed, { ssz, incoming }: Message): Verdict | Promise<Verdict> {
    const { verifier, peers } = this.#deps
    const { fromId } = incoming
    const isWorthIt = passed.proposer !== undefined && this.#sources === undefined && !peers.bypasses(fromId)
    if (!isWorthIt || verifier.prospect(this.#context, ssz, passed) === 'none') return ALREADY_KNOWN
    const verifying = verifier.verify(this.#context, ssz, passed, fromId)
    return verifying.then((answer) => (answer === 'invalid' || answer === 'disproven' ? FORGED[answer] : ALREADY_KNOWN))
  }

  /** The mesh is told that we have a message only when it is sure that we shall not want copies after all. */
  #verify(passed: Passed, message: Message): Verdict | Promise<Verdict> | Held {
    const { verifier } = this.#deps
    const { ssz, incoming } = message
    const prospect = verifier.prospect(this.#context, ssz, passed)
    if (prospect === 'none') return this.#fallBack(passed, message)
    const verdict = verifier
      .verify(this.#context, ssz, passed, incoming.fromId)
      .then((answer) => this.#onVerified(answer, passed, message))
    return prospect === 'sure' ? verdict : { action: 'hold', settled: verdict }
  }

  /**
   * Without an answer where keys are known, others must have sent it too: else a forger would only have to make the
   * thread too busy, or his block too long.
   */
  #onVerified(answer: Verification, passed: Passed, message: Message): Verdict | Promise<Verdict> {
    switch (answer) {
      case 'invalid':
      case 'disproven':
        return FORGED[answer]
      case 'valid':
        return this.#claimFor(passed, message)
      case 'proven':
        return settledOf(this.#fallBack(passed, message))
      case 'unavailable':
        this.#isFirstOfSlot(passed, message.incoming.fromId)
        return settledOf(this.#hold(passed, message, FALLBACK_SOURCES))
    }
  }

  /** A verified message has its claim for itself, where only one signer could have made it. */
  #claimFor(passed: Passed, message: Message): Verdict | Promise<Verdict> {
    const { claim, proposer } = passed
    const { verifier, watch } = this.#deps
    const { kind } = this.#context.parsed.spec
    // So that one of a proposer without a known key is not taken for the first of a slot that has a valid one.
    this.#isFirstOfSlot(passed)
    if (claim === undefined) return ACCEPT
    if (!verifier.provesClaim(kind)) return settledOf(this.#hold(passed, message, signedSourcesOf(kind)))
    if (proposer !== undefined && !watch.isOnlySigner(proposer)) {
      return settledOf(this.#hold(passed, message, FALLBACK_SOURCES))
    }
    return this.#judge.claims.hold(claim) ? this.#vouch(passed, message, message.incoming.fromId) : ALREADY_KNOWN
  }

  #fallBack(passed: Passed, message: Message): Verdict | Held {
    const { fromId } = message.incoming
    if (this.#fallback === 'blind') return this.#votes.admitUnverifiable(passed, message)
    if (this.#takesRecords && !this.#deps.records.countsForBlocks(fromId)) return this.#hold(passed, message, 'news')
    if (this.#mayGoAtOnce(passed, fromId)) {
      const verdict = this.#admit(passed, message)
      if (verdict.action === 'accept') return this.#pass(passed, message, fromId)
    }
    return this.#hold(passed, message, FALLBACK_SOURCES)
  }

  /**
   * Blocks, unless the operator has told how many peers count for them. Not sidecars: in the mesh of a column there may
   * be nobody but one that has just come.
   */
  get #takesRecords(): boolean {
    return this.#isBlock && this.#sources === undefined
  }

  get #isBlock(): boolean {
    return this.#context.parsed.spec.kind === 'beacon_block'
  }

  /** It goes on, which speaks for who has sent it once others build on it. */
  #pass({ claim }: Passed, { msgId }: Message, ...senders: readonly PeerIdStr[]): Verdict {
    if (this.#takesRecords && claim !== undefined) this.#deps.records.note({ slot: claim.slot, msgId, senders })
    return ACCEPT
  }

  /** As `pass` for what goes on by more than the word of one peer. */
  #vouch(passed: Passed, message: Message, ...senders: readonly PeerIdStr[]): Verdict {
    if (this.#isBlock) this.#deps.vouched.add(message.msgId)
    return this.#pass(passed, message, ...senders)
  }

  #mayGoAtOnce(passed: Passed, fromId: PeerIdStr): boolean {
    const { watch } = this.#deps
    // Asked of all, since what is first and what is second must be known before there is doubt.
    const isFirst = this.#isFirstOfSlot(passed, fromId)
    return isFirst && !watch.isInDoubt && passed.claim !== undefined && watch.isTimely(passed.claim.slot)
  }

  /** False of kinds of which there may be many a slot. `fromId`: whose word it is, when it is nobody else's. */
  #isFirstOfSlot({ claim, proposer }: Passed, fromId?: PeerIdStr): boolean {
    if (this.#fallback !== 'first_of_slot' || claim === undefined) return false
    const { watch, records } = this.#deps
    const isStranger = fromId !== undefined && !records.countsForBlocks(fromId)
    return watch.isFirst(this.#context.topic, claim.slot, proposer, isStranger)
  }

  /**
   * Lets it wait until `least` peers have sent it, and more when others with its claim have passed. Claims are taken by
   * what goes on and not by what waits: whoever sends much without company keeps nothing out. News are what comes from a
   * peer without a record: they wait for one who has, and neither are the first of their slot nor raise doubt until then, nor
   * when they go on late by the word of others without one.
   */
  #hold(passed: Passed, message: Message, least: number | 'news'): Verdict | Held {
    const { ssz, msgId, incoming } = message
    const { fromId: from, copies } = incoming
    const { claims } = this.#judge
    const { claim } = passed
    const isTimely = claim !== undefined && this.#deps.watch.isTimely(claim.slot)
    const needed = (): number =>
      Math.max(this.#leastOf(least, isTimely), claim === undefined ? 1 : claims.sourcesNeeded(claim))
    const admit = (isByOwn: boolean, teller: PeerIdStr): Verdict => {
      const reason = claim === undefined ? undefined : claims.takeCorroborated(claim)
      if (reason !== undefined && !isByOwn) return { action: 'ignore', reason }
      if (least === 'news') this.#isFirstOfSlot(passed, isByOwn ? undefined : teller)
      return this.#vouch(passed, message, from, teller)
    }
    const { records } = this.#deps
    const counts = this.#takesRecords ? (peerId: PeerIdStr) => records.countsForBlocks(peerId) : undefined
    const isEnoughLate = (independent: number, isToldByAny: boolean): boolean => {
      if (claim === undefined || independent < needed()) return false
      const senders = [from, ...(incoming.copies ?? [])]
      return records.isEnoughLate({ slot: claim.slot, independent, isToldByAny, senders })
    }
    const sizeBytes = incoming.sizeBytes + ssz.length
    const verdict = this.#deps.book.hold({
      msgId,
      sizeBytes,
      needed,
      counts,
      isEnoughLate,
      admit,
      timeMs: this.#timeMs,
      from,
      copies,
    })
    return verdict instanceof Promise ? { action: 'hold', settled: verdict } : verdict
  }

  /** `isTimely`: it was when it came. */
  #leastOf(least: number | 'news', isTimely: boolean): number {
    if (least !== 'news') return least
    return isTimely && !this.#deps.watch.isInDoubt ? 1 : FALLBACK_SOURCES
  }

  /** Lets an unverified message go on, as far as its claim lets it; what the operator's peers sent goes on in any case. */
  #admit(passed: Passed, { incoming }: Message): Verdict {
    const verdict = this.#judge.admit(passed)
    if (verdict.action === 'accept') return verdict
    const { bypasses } = this.#deps.peers
    const { fromId, copies } = incoming
    return bypasses(fromId) || (copies !== undefined && [...copies].some(bypasses)) ? ACCEPT : verdict
  }

  #isHeldByAnother({ claim }: Passed): boolean {
    return claim !== undefined && this.#judge.claims.isHeld(claim)
  }
}

function settledOf(verdict: Verdict | Held): Verdict | Promise<Verdict> {
  return 'settled' in verdict ? verdict.settled : verdict
}
