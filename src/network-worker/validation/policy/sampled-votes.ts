/**
 * Votes of one topic under `sampled`. Who has sent true votes before is forwarded at once, and some of what it sends is
 * verified behind; what others send is verified first. A vote whose signer's key nobody told us goes on as under `blind`.
 */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import type { TopicContext } from '../../gossip/topics/topic-directory.ts'
import type { Held, TopicRules } from '../../gossip/topics/topic-rules.ts'
import type { Passed } from '../checks/rule.ts'
import type { TierZero } from '../tier-zero.ts'
import type { Verdict } from '../verdict.ts'
import type { Prospect, Verification, Verifier } from '../verify/verifier.ts'
import type { CopyWatch } from './copy-watch.ts'
import type { PeerSources } from './corroboration-book.ts'
import type { JudgedMessage } from './judged-message.ts'
import type { VoteConduct } from './vote-conduct.ts'
import { VotePassage, type VotePassageDeps } from './vote-passage.ts'

/** A vote that went on has turned out to be forged. `guilty`: who is to pay for it, of those by whose word it went. */
export type OnForgedVote = (msgId: MsgIdStr, guilty: readonly PeerIdStr[]) => void

export interface SampledVotesDeps extends VotePassageDeps {
  readonly verifier: Pick<Verifier, 'prospect' | 'verify' | 'provesClaim'>
  readonly peers: Pick<PeerSources, 'bypasses'>
  readonly conduct: VoteConduct
  /** Votes that are verified before they go on. */
  readonly inFront: CopyWatch
}

/** A vote, and what is to be expected of verifying it. */
interface Vote {
  readonly passed: Passed
  readonly message: JudgedMessage
  readonly prospect: Prospect
}

const ALREADY_KNOWN: Verdict = { action: 'ignore', reason: 'already_known' }
const BAD_SIGNATURE: Verdict = { action: 'reject', reason: 'bad_signature' }

/** The check of a topic under `sampled`, to be made once when it is joined. */
export function sampledCheck(
  deps: SampledVotesDeps & { readonly tierZero: Pick<TierZero, 'judgeOf'> },
  context: TopicContext,
  onForged: OnForgedVote,
): TopicRules['check'] {
  const judge = deps.tierZero.judgeOf(context)
  const passage = new VotePassage(deps, context.parsed.spec.kind, judge)
  const votes = new SampledVotes(deps, context, passage, onForged)
  return (ssz, msgId, incoming) => {
    const result = judge.examine(ssz)
    return result.action === 'pass' ? votes.judge(result, { ssz, msgId, incoming }) : result
  }
}

class SampledVotes {
  readonly #deps: SampledVotesDeps
  readonly #context: TopicContext
  readonly #passage: VotePassage
  readonly #onForged: OnForgedVote

  constructor(deps: SampledVotesDeps, context: TopicContext, passage: VotePassage, onForged: OnForgedVote) {
    this.#deps = deps
    this.#context = context
    this.#passage = passage
    this.#onForged = onForged
  }

  /** Of who has a record, and is not to be checked now, this costs a look-up and a reading of the clock. */
  judge(passed: Passed, message: JudgedMessage): Verdict | Held {
    const { conduct } = this.#deps
    const source = conduct.find(message.incoming.fromId)
    if (source?.hasRecord !== true) return this.#judgeOfNewcomer(this.#voteOf(passed, message))
    if (!conduct.isDue(source)) return this.#passage.admit(passed, message)
    const vote = this.#voteOf(passed, message)
    // Another one is verified then, so that no room is made by votes whose signers nobody knows.
    return vote.prospect === 'none' ? this.#passage.admitUnverifiable(passed, message) : this.#checkBehind(vote)
  }

  #judgeOfNewcomer(vote: Vote): Verdict | Held {
    const { conduct, peers } = this.#deps
    const { passed, message, prospect } = vote
    const { fromId, copies } = message.incoming
    if (prospect === 'none') return this.#passage.admitUnverifiable(passed, message)
    if (peers.bypasses(fromId)) {
      const source = conduct.find(fromId)
      const isDue = source === undefined || conduct.isDue(source)
      return isDue ? this.#checkBehind(vote) : this.#passage.admit(passed, message)
    }
    if (this.#passage.isHeldByAnother(passed)) return ALREADY_KNOWN
    const voucher = copies === undefined ? undefined : [...copies].find((peerId) => this.#vouches(peerId))
    return voucher === undefined ? this.#verifyFirst(vote) : this.#checkBehind(vote, voucher)
  }

  /** It goes on at once. `voucher`: by whose word, when not by that of who brought it. */
  #checkBehind(vote: Vote, voucher?: PeerIdStr): Verdict {
    const { passed, message } = vote
    const verdict = this.#passage.admit(passed, message)
    if (verdict.action !== 'accept') return verdict
    this.#deps.conduct.check(message.incoming.fromId)
    this.#verify(vote)
      .then((answer) => this.#onLateAnswer(answer, vote, voucher))
      .catch(unheard)
    return verdict
  }

  /**
   * It waits for its verification, or for a copy of a peer that has a record: else whoever is new, and fast, could keep
   * back the votes that others bring too.
   */
  #verifyFirst(vote: Vote): Held {
    const { inFront } = this.#deps
    const { passed, message } = vote
    let voucher: PeerIdStr | undefined
    const { promise: vouched, resolve } = Promise.withResolvers<Verdict>()
    const onCopy = (peerId: PeerIdStr): void => {
      if (voucher !== undefined || !this.#vouches(peerId)) return
      const verdict = this.#passage.admit(passed, message)
      if (verdict.action !== 'accept') return
      voucher = peerId
      resolve(verdict)
    }
    inFront.add(message.msgId, onCopy)
    const verifying = this.#verify(vote).finally(() => inFront.remove(message.msgId, onCopy))
    const judged = verifying.then((answer) => {
      if (voucher === undefined) return this.#onAnswer(answer, vote)
      this.#onLateAnswer(answer, vote, voucher)
      return vouched
    })
    return { action: 'hold', settled: Promise.race([vouched, judged]) }
  }

  #onAnswer(answer: Verification, { passed, message, prospect }: Vote): Verdict | Promise<Verdict> {
    const { conduct } = this.#deps
    const { fromId } = message.incoming
    if (answer === 'valid') {
      conduct.noteRight(fromId)
      return this.#passage.admitVerified(passed, message)
    }
    if (answer === 'invalid') {
      conduct.noteForged(fromId)
      return BAD_SIGNATURE
    }
    if (prospect === 'stranger') conduct.noteStranger(fromId)
    const held = this.#passage.corroborate(passed, message, (peerId) => this.#vouches(peerId))
    return 'settled' in held ? held.settled : held
  }

  /** It has gone on. */
  #onLateAnswer(answer: Verification, { passed, message, prospect }: Vote, voucher: PeerIdStr | undefined): void {
    const { conduct } = this.#deps
    const { msgId, incoming } = message
    if (answer === 'valid') {
      conduct.noteRight(incoming.fromId)
      this.#passage.keepClaim(passed)
    } else if (answer === 'invalid') {
      this.#convict(msgId, voucher === undefined ? [incoming.fromId] : [incoming.fromId, voucher])
    } else if (prospect === 'stranger') conduct.noteStranger(incoming.fromId)
  }

  /** The operator's own peers lose their record, and nothing else. */
  #convict(msgId: MsgIdStr, senders: readonly PeerIdStr[]): void {
    const { conduct, peers } = this.#deps
    const guilty = senders.filter((peerId) => !peers.bypasses(peerId))
    for (const peerId of senders) {
      if (guilty.includes(peerId)) conduct.noteForged(peerId)
      else conduct.forget(peerId)
    }
    if (guilty.length > 0) this.#onForged(msgId, guilty)
  }

  #vouches(peerId: PeerIdStr): boolean {
    return this.#deps.conduct.hasRecord(peerId) || this.#deps.peers.bypasses(peerId)
  }

  /** In a list that lacks most voters, who is not in it is nobody to wonder at: as if there were no keys. */
  #voteOf(passed: Passed, message: JudgedMessage): Vote {
    const { conduct, verifier } = this.#deps
    const { fromId } = message.incoming
    const prospect = verifier.prospect(this.#context, message.ssz, passed)
    if (prospect === 'none') return { passed, message, prospect }
    const isStranger = prospect === 'stranger'
    conduct.noteSigner(fromId, !isStranger)
    return { passed, message, prospect: isStranger && conduct.excusesStranger(fromId) ? 'none' : prospect }
  }

  #verify({ passed, message }: Vote): Promise<Verification> {
    return this.#deps.verifier.verify(this.#context, message.ssz, passed, message.incoming.fromId)
  }
}

/** It has gone on: a fault of ours while it is looked at behind is nobody else's. */
function unheard(): void {}
