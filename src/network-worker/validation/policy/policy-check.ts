/**
 * The judgement of a topic: what the message itself says (tier 0), then who sent it, then the topic's policy. What can be
 * said at once is said at once; a promise is made only for what is verified, and a message is held only for copies of it.
 */

import type { MsgIdStr } from '../../../shared/ids.ts'
import { messageClass } from '../../gossip/message-class.ts'
import type { TopicContext } from '../../gossip/topic-directory.ts'
import type { Held, Incoming, TopicRules } from '../../gossip/topic-rules.ts'
import type { Passed } from '../checks/rule.ts'
import type { TierZero, TopicJudge } from '../tier-zero.ts'
import { ACCEPT, type Verdict } from '../verdict.ts'
import type { Verification, Verifier } from '../verify/verifier.ts'
import type { CorroborationBook, PeerSources } from './corroboration-book.ts'
import { type Fallback, fallbackOf, sourcesOf } from './policies.ts'
import type { SlotWatch } from './slot-watch.ts'

/** Of what cannot be verified and is not to go on unseen by others (reference/p2p.md A5.1). */
const FALLBACK_SOURCES = 2
/** A vote that comes later than this has missed the aggregate that it was for. */
const MAX_VOTE_TIME_MS = 1000

const ALREADY_KNOWN: Verdict = { action: 'ignore', reason: 'already_known' }
const BAD_SIGNATURE: Verdict = { action: 'reject', reason: 'bad_signature' }

export interface PolicyDeps {
  readonly tierZero: Pick<TierZero, 'judgeOf'>
  readonly verifier: Verifier
  readonly book: Pick<CorroborationBook, 'hold'>
  readonly watch: Pick<SlotWatch, 'isFirst' | 'isInDoubt'>
  readonly peers: PeerSources
  /** How long a message may wait for other peers, ms. */
  readonly corroborationTimeMs: number
}

/** The check of a topic, to be made once when it is joined. */
export function policyCheck(deps: PolicyDeps, context: TopicContext): TopicRules['check'] {
  if (context.policy === 'none') return () => ACCEPT
  const topic = new JudgedByPolicy(deps, context)
  return (ssz, msgId, incoming) => topic.judge({ ssz, msgId, incoming })
}

interface Message {
  readonly ssz: Uint8Array
  readonly msgId: MsgIdStr
  readonly incoming: Incoming
}

class JudgedByPolicy {
  readonly #deps: PolicyDeps
  readonly #context: TopicContext
  readonly #judge: TopicJudge
  readonly #fallback: Fallback
  /** Undefined unless the policy is `corroborate`. */
  readonly #sources: number | undefined
  readonly #timeMs: number

  constructor(deps: PolicyDeps, context: TopicContext) {
    const { kind } = context.parsed.spec
    this.#deps = deps
    this.#context = context
    this.#judge = deps.tierZero.judgeOf(context)
    this.#fallback = fallbackOf(kind)
    this.#sources = sourcesOf(context.policy)
    const isVote = messageClass(kind) === 'attestation'
    this.#timeMs = isVote ? Math.min(MAX_VOTE_TIME_MS, deps.corroborationTimeMs) : deps.corroborationTimeMs
  }

  judge(message: Message): Verdict | Promise<Verdict> | Held {
    const result = this.#judge.examine(message.ssz)
    if (result.action !== 'pass') return result
    if (this.#context.policy === 'blind') return this.#admit(result, message)
    if (this.#isHeldByAnother(result)) return ALREADY_KNOWN
    if (this.#deps.peers.bypasses(message.incoming.fromId)) {
      this.#isFirstOfSlot(result)
      return ACCEPT
    }
    return this.#sources === undefined ? this.#verify(result, message) : this.#hold(result, message, this.#sources)
  }

  #verify(passed: Passed, message: Message): Verdict | Promise<Verdict> | Held {
    const { verifier } = this.#deps
    if (!verifier.canVerify(this.#context, message.ssz, passed)) return this.#fallBack(passed, message)
    return verifier
      .verify(this.#context, message.ssz, passed)
      .then((answer) => this.#onVerified(answer, passed, message))
  }

  #onVerified(answer: Verification, passed: Passed, message: Message): Verdict | Promise<Verdict> {
    switch (answer) {
      case 'invalid':
        return BAD_SIGNATURE
      case 'valid':
        return this.#claimFor(passed, message)
      case 'unavailable': {
        const verdict = this.#fallBack(passed, message)
        return 'settled' in verdict ? verdict.settled : verdict
      }
    }
  }

  /** A verified message has its claim for itself, where only one signer could have made it. */
  #claimFor(passed: Passed, message: Message): Verdict {
    const { claim } = passed
    // So that one of a proposer without a known key is not taken for the first of a slot that has a valid one.
    this.#isFirstOfSlot(passed)
    if (claim === undefined) return ACCEPT
    if (!this.#deps.verifier.provesClaim(this.#context.parsed.spec.kind)) return this.#admit(passed, message)
    return this.#judge.claims.hold(claim) ? ACCEPT : ALREADY_KNOWN
  }

  #fallBack(passed: Passed, message: Message): Verdict | Held {
    if (this.#fallback === 'blind') return this.#admit(passed, message)
    // Asked of all, since what is first and what is second must be known before there is doubt.
    if (this.#isFirstOfSlot(passed) && !this.#deps.watch.isInDoubt) return this.#admit(passed, message)
    return this.#hold(passed, message, FALLBACK_SOURCES)
  }

  /** False of kinds of which there may be many a slot. */
  #isFirstOfSlot({ claim, proposer }: Passed): boolean {
    if (this.#fallback !== 'first_of_slot' || claim === undefined) return false
    return this.#deps.watch.isFirst(this.#context.topic, claim.slot, proposer)
  }

  /** Claims are taken by what goes on and not by what waits: whoever sends much without company keeps nothing out. */
  #hold(passed: Passed, message: Message, sources: number): Verdict | Held {
    const { msgId, incoming } = message
    const { fromId: from, copies, sizeBytes } = incoming
    const verdict = this.#deps.book.hold({ msgId, sizeBytes, sources, timeMs: this.#timeMs, from, copies })
    if (!(verdict instanceof Promise)) return verdict.action === 'accept' ? this.#admit(passed, message) : verdict
    const settled = verdict.then((given) => (given.action === 'accept' ? this.#admit(passed, message) : given))
    return { action: 'hold', settled }
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
