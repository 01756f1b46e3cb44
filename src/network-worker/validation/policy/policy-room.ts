/** The policies as one piece, between the room of gossip and those of checks and verification. */
import type { RelayConfig } from '../../../config/schema.ts'
import type { ValidationPolicy } from '../../../config/validation-choice.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import type { Chain } from '../../chain/chain.ts'
import type { TopicContext } from '../../gossip/topics/topic-directory.ts'
import type { TopicRules } from '../../gossip/topics/topic-rules.ts'
import { tierZeroOf } from '../tier-zero.ts'
import type { Verifier } from '../verify/verifier.ts'
import type { HashedBlock } from './chain-evidence.ts'
import { CopyWatch } from './copy-watch.ts'
import { CorroborationBook, type PeerSources } from './corroboration-book.ts'
import { policyOf } from './policies.ts'
import { policyCheck } from './policy-check.ts'
import type { OnForgedVote } from './sampled-votes.ts'
import { SlotWatch } from './slot-watch.ts'
import { TrackRecord } from './track-record.ts'
import { VoteConduct } from './vote-conduct.ts'
import { VouchedIds } from './vouched-ids.ts'

/** For how long all votes of a peer are verified first, once one of them was found to be forged. */
const SUSPICION_EPOCHS = 2

export interface PolicyRoomDeps {
  readonly config: Pick<RelayConfig, 'validation' | 'corroborationTimeMs'>
  readonly chain: Chain
  readonly clock: Clock
  readonly activeValidators: () => number | null
  readonly verifier: Verifier
  readonly sources: PeerSources
  /** Who sent many blocks first in earlier runs, the longest unheard first. */
  readonly knownSenders?: readonly PeerIdStr[] | undefined
}

export interface PolicyRoom {
  policyOf(kind: GossipKind): ValidationPolicy
  /**
   * The check of a topic, to be made when it is joined. `onForged`: told of votes that went on and were found to be forged.
   */
  checkOf(context: TopicContext, onForged?: OnForgedVote): TopicRules['check']
  /** To be told of every copy of any message. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void
  /** To be told of blocks that were hashed: what they are built on says who is to be believed. */
  onHashed(msgId: MsgIdStr, block: HashedBlock): void
  /** To be asked once of a block as it passes: true when more speaks for it than the word of one peer. */
  isVouched(msgId: MsgIdStr): boolean
  /** Messages that wait for other peers. */
  readonly heldMessages: number
  /** True while a second block of a slot has shown, in the last two epochs, that somebody forges. */
  readonly isInDoubt: boolean
  /** Forgets what waits. */
  stop(): void
}

export function openPolicies(deps: PolicyRoomDeps): PolicyRoom {
  const { config, chain, clock, activeValidators, verifier, sources: peers, knownSenders } = deps
  const { validation, corroborationTimeMs } = config
  const tierZero = tierZeroOf(chain, clock, activeValidators)
  const book = new CorroborationBook({ clock, peers })
  const { slotsPerEpoch, slotDurationMs } = chain.network
  const currentSlot = (): number => chain.slotClock.currentSlot()
  const watch = new SlotWatch({ slotsPerEpoch, currentSlot })
  const records = new TrackRecord({
    slotsPerEpoch,
    currentSlot,
    isBelieved: (peerId) => peers.bypasses(peerId),
    connectedSlot: (peerId) => chain.slotClock.slotAtMs(clock.nowMs() - peers.ageMs(peerId)),
    restored: knownSenders,
  })
  const vouched = new VouchedIds()
  const conduct = new VoteConduct({ clock, suspicionMs: SUSPICION_EPOCHS * slotsPerEpoch * slotDurationMs })
  const inFront = new CopyWatch()
  const policyDeps = {
    ...{ tierZero, verifier, book, watch, records, vouched, conduct, inFront },
    ...{ peers, corroborationTimeMs },
  }
  return {
    policyOf: (kind) => policyOf(validation, kind),
    checkOf: (context, onForged) => policyCheck(policyDeps, context, onForged),
    onCopy: (msgId, from) => {
      inFront.onCopy(msgId, from)
      book.onCopy(msgId, from)
    },
    onHashed: (msgId, block) => records.onHashed(msgId, block),
    isVouched: (msgId) => vouched.take(msgId),
    get heldMessages() {
      return book.size
    },
    get isInDoubt() {
      return watch.isInDoubt
    },
    stop: () => book.stop(),
  }
}
